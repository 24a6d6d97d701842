"""What a drill works with here: the operations table, the running database, and who keeps temporary ones."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from functions.restore_drill.reapply import reapply
from functions.restore_drill.settings import Settings
from functions.restore_drill.smoke_test import smoke_test
from shared.audit.anchors import AnchorStore
from shared.audit.safe import AuditBucket
from shared.backups.run_drill import World
from shared.backups.store import DrillStore
from shared.credentials.store import LeaseStore
from shared.platform import wiring
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.s3 import get_object, keys
from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.failures import PostgresBadLogin
from shared.platform.postgres import Database
from shared.platform.settings import aws_settings
from shared.storage.kept import PREFIX
from shared.together.restoring.acts import Kept, Restoring, Where

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.backups.instances import Instances

APPLICATION = "restore_drill"


class Databases:
    """Connections to the running database and to restored ones, with the current version of each login's secret only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secrets = {
            "owner": LoginSecret(aws_settings, settings.postgres_admin_secret_arn),
            "reader": LoginSecret(aws_settings, settings.postgres_backup_secret_arn),
            "api": LoginSecret(aws_settings, settings.postgres_api_secret_arn),
            "collect": LoginSecret(aws_settings, settings.postgres_collect_secret_arn),
            "query": LoginSecret(aws_settings, settings.postgres_query_secret_arn),
            "worker": LoginSecret(aws_settings, settings.postgres_worker_secret_arn),
        }

    def open(self, role: str, where: Where = None) -> "Connection":
        host, port = where or (self._settings.postgres_host, int(self._settings.postgres_port))
        settings = replace(self._settings, postgres_host=host, postgres_port=str(port))

        def connected(login: Login) -> "Connection":
            return wiring.connect_to_postgres(settings, login, application=APPLICATION)

        return wiring.with_login(self._secrets[role], connected, PostgresBadLogin)()

    @contextmanager
    def connect(self, role: str, where: Where = None) -> "Iterator[Connection]":
        connection = self.open(role, where)
        try:
            yield connection
        finally:
            connection.close()

    def owner(self) -> Login:
        return self._fresh("owner")

    def logins(self) -> list[Login]:
        """Of functions, as their secrets are now."""
        return [self._fresh(role) for role in self._secrets if role != "owner"]

    def _fresh(self, role: str) -> Login:
        self._secrets[role].forget()
        return self._secrets[role].login()


def world(settings: Settings) -> World:
    databases, drills, kept = Databases(settings), DrillStore(_table(settings)), instances(settings)
    restoring = Restoring(
        drills=drills,
        instances=kept,
        leases=LeaseStore(_table(settings)),
        anchors=AnchorStore(_table(settings)),
        safe=AuditBucket(settings.audit_bucket_name),
        valkey=wiring.valkey(settings, timeout=10),
        kept=Kept(
            names=lambda after: keys(settings.archive_bucket_name, PREFIX, after=after),
            read=lambda name: get_object(settings.archive_bucket_name, name),
        ),
        connect=databases.connect,
        owner=databases.owner,
        logins=databases.logins,
        aside_for=timedelta(days=int(settings.put_aside_days)),
        clock=lambda: datetime.now(UTC),
    )

    def smoke(host: str, port: int) -> Mapping[str, Any]:
        application = Database(lambda: databases.open("api", (host, port)))
        try:
            with databases.connect("reader", (host, port)) as proof:
                return smoke_test(application, proof)
        finally:
            application.close()

    def again(host: str, port: int) -> Mapping[str, Any]:
        with databases.connect("owner", (host, port)) as connection:
            return reapply(connection)

    return World(
        store=drills,
        instances=kept,
        source=lambda: databases.open("reader"),
        connect=lambda host, port: databases.connect("reader", (host, port)),
        admit=restoring.admit,
        smoke_test=smoke,
        reapply=again,
        promotion=restoring.acts(),
    )


def _table(settings: Settings) -> Table:
    return Table(signed_call(aws_settings), settings.operations_table_name)


def instances(settings: Settings) -> "Instances":
    import boto3

    if settings.backup_catalogue_bucket_name:
        from shared.backups.kept_instances import KeptInstances

        return KeptInstances(boto3.client("s3"), settings.backup_catalogue_bucket_name)
    from shared.backups.aws_instances import AwsInstances, Shape

    shape = Shape(**json.loads(settings.postgres_shape))
    return AwsInstances(boto3.client("rds"), settings.postgres_cluster_id, shape)
