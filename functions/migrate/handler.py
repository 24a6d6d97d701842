"""CloudFormation custom resource: brings the database to what a deploy expects: schema, logins, the canary's site."""

import time
from datetime import timedelta
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.migrate.canary import ensure_canary
from functions.migrate.settings import Settings
from functions.migrate.wait import connect_in_time
from shared.platform import wiring
from shared.platform.aws.custom_resource import answer
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.secrets import LoginSecret, read_secret, write_secret
from shared.platform.logins import ensure_login
from shared.platform.migrations import migrate, read_migrations
from shared.platform.settings import aws_settings, load

logger = Logger()
settings = load(Settings)
# Of the function's time, what is left once PostgreSQL is up: a migration alone tries for its locks for five minutes.
FOR_THE_WORK: Final = timedelta(minutes=6)
PAUSE_SECONDS: Final = 5.0


def handler(event: dict[str, Any], context: Context) -> None:
    # Deleted with the stack: the database and its schema stay.
    act = (lambda: bring_up_to_date(context)) if event["RequestType"] != "Delete" else lambda: None
    answer(event, physical_id="migrations", act=act)


def bring_up_to_date(context: Context) -> None:
    database = wiring.database(settings, settings.postgres_admin_secret_arn, application="migrate")
    try:
        connection = connect_in_time(
            database.connection,
            where=f"{settings.postgres_host}:{settings.postgres_port}",
            has_time=lambda: remaining(context) > FOR_THE_WORK,
            rest=_rest,
        )
        for migration in migrate(connection, read_migrations()):
            logger.info("migrated", extra={"version": migration.version, "migration": migration.name})
        secrets = (
            settings.postgres_api_secret_arn,
            settings.postgres_collect_secret_arn,
            settings.postgres_query_secret_arn,
            settings.postgres_worker_secret_arn,
            settings.postgres_backup_secret_arn,
        )
        for secret_id in secrets:
            login = LoginSecret(aws_settings, secret_id).login()
            ensure_login(connection, login.username, login.password.reveal())
        if ensure_canary(database, _read_canary, _write_canary):
            logger.info("the canary has new keys")
    finally:
        database.close()


def _rest(waiting: str) -> None:
    logger.info(waiting)
    time.sleep(PAUSE_SECONDS)


def _read_canary() -> str:
    return read_secret(aws_settings(), settings.canary_secret_arn)


def _write_canary(text: str) -> None:
    write_secret(aws_settings(), settings.canary_secret_arn, text)
