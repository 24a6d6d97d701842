"""CloudFormation custom resource: brings the database's schema to what a deploy expects."""

from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.migrate.settings import Settings
from shared.platform import wiring
from shared.platform.custom_resource import answer
from shared.platform.migrations import migrate, read_migrations, set_password
from shared.platform.secrets import LoginSecret
from shared.platform.settings import aws_settings, load

logger = Logger()
settings = load(Settings)


def handler(event: dict[str, Any], _context: object) -> None:
    # Deleted with the stack: the database and its schema stay.
    act = bring_up_to_date if event["RequestType"] != "Delete" else lambda: None
    answer(event, physical_id="migrations", act=act)


def bring_up_to_date() -> None:
    database = wiring.database(settings, settings.postgres_admin_secret_arn, application="migrate")
    connection = database.connection()
    try:
        for migration in migrate(connection, read_migrations()):
            logger.info("migrated", extra={"version": migration.version, "migration": migration.name})
        for secret_id in (settings.postgres_api_secret_arn, settings.postgres_worker_secret_arn):
            login = LoginSecret(aws_settings, secret_id).login()
            set_password(connection, login.username, login.password)
    finally:
        database.close()
