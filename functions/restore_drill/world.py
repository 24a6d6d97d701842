"""What a drill works with here: the operations table, the running database, and who keeps temporary ones."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from functions.restore_drill.reapply import reapply
from functions.restore_drill.settings import Settings
from functions.restore_drill.smoke_test import smoke_test
from shared.backups.run_drill import World
from shared.backups.store import DrillStore
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.failures import PostgresBadLogin
from shared.platform.postgres import Address, Database, connect
from shared.platform.settings import aws_settings
from shared.platform.wiring import with_login

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.backups.instances import Instances

APPLICATION = "restore_drill"


def world(settings: Settings) -> World:
    reader = LoginSecret(aws_settings, settings.postgres_backup_secret_arn)
    application = LoginSecret(aws_settings, settings.postgres_api_secret_arn)
    owner = LoginSecret(aws_settings, settings.postgres_admin_secret_arn)

    def opened(host: str, port: int, secret: LoginSecret) -> "Connection":
        address = Address(host=host, port=port, database=settings.postgres_database, tls_ca=settings.postgres_tls_ca)

        def connected(login: Login) -> "Connection":
            return connect(address, user=login.username, password=login.password.reveal(), application=APPLICATION)

        try:
            return with_login(secret, connected, PostgresBadLogin)()
        except PostgresBadLogin:
            previous = secret.previous()
            if previous is None:
                raise
            return connected(previous)  # what was restored is older than the last rotation

    @contextmanager
    def connected(host: str, port: int) -> "Iterator[Connection]":
        with opened(host, port, reader) as connection:
            yield connection

    def smoke(host: str, port: int) -> Mapping[str, Any]:
        database = Database(lambda: opened(host, port, application))
        try:
            with opened(host, port, reader) as proof:
                return smoke_test(database, proof)
        finally:
            database.close()

    def again(host: str, port: int) -> Mapping[str, Any]:
        with opened(host, port, owner) as connection:
            return reapply(connection)

    return World(
        store=DrillStore(Table(signed_call(aws_settings), settings.operations_table_name)),
        instances=instances(settings),
        source=lambda: opened(settings.postgres_host, int(settings.postgres_port), reader),
        connect=connected,
        smoke_test=smoke,
        reapply=again,
    )


def instances(settings: Settings) -> "Instances":
    import boto3

    if settings.backup_catalogue_bucket_name:
        from shared.backups.kept_instances import KeptInstances

        return KeptInstances(boto3.client("s3"), settings.backup_catalogue_bucket_name)
    from shared.backups.aws_instances import AwsInstances, Shape

    shape = Shape(
        cluster=settings.postgres_cluster_id,
        subnet_group=settings.postgres_subnet_group,
        security_groups=settings.security_group_ids.split(","),
        parameter_group=settings.postgres_parameter_group,
        min_capacity=float(settings.aurora_min_capacity),
        max_capacity=float(settings.aurora_max_capacity),
    )
    return AwsInstances(boto3.client("rds"), shape)
