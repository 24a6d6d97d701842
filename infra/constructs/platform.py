"""What every function of a stage stands on, passed as objects from stack to stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_events as events
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_sns as sns

    from infra.assets import Target
    from infra.monitoring import Monitoring
    from infra.stages import Stage

# Not the well-known ports: whoever scans for 5432 and 6379 finds nothing.
POSTGRES_PORT = 15432
VALKEY_PORT = 16379


@dataclass(frozen=True, kw_only=True)
class Network:
    """Where functions and servers live; stage `local` has none."""

    vpc: ec2.Vpc
    function_subnets: ec2.SubnetSelection
    server_subnets: ec2.SubnetSelection
    functions: ec2.SecurityGroup
    postgres: ec2.SecurityGroup
    valkey: ec2.SecurityGroup


@dataclass(frozen=True, kw_only=True)
class Platform:
    stage: Stage
    monitoring: Monitoring
    target: Target
    key: kms.Key
    alarms: sns.Topic
    network: Network | None


@dataclass(frozen=True, kw_only=True)
class Aurora:
    """By what a restore makes another cluster beside the running one; empty where no cluster is.

    ``shape`` is how it is made, in the parameters of RDS' own API.
    """

    cluster_id: str = ""
    cluster_arn: str = ""
    subnet_group: str = ""
    parameter_group: str = ""
    monitoring_role: str = ""
    shape: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Postgres:
    host: str
    port: int
    database: str
    tls_ca: str
    admin_secret: secretsmanager.ISecret
    api_secret: secretsmanager.ISecret
    collect_secret: secretsmanager.ISecret
    query_secret: secretsmanager.ISecret
    worker_secret: secretsmanager.ISecret
    backup_secret: secretsmanager.ISecret
    aurora: Aurora

    @property
    def logins(self) -> list[secretsmanager.ISecret]:
        """Those that `migrate` makes."""
        return [self.api_secret, self.collect_secret, self.query_secret, self.worker_secret, self.backup_secret]

    def environment(self) -> dict[str, str]:
        return {
            "POSTGRES_HOST": self.host,
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_DATABASE": self.database,
            "POSTGRES_TLS_CA": self.tls_ca,
        }


@dataclass(frozen=True, kw_only=True)
class Valkey:
    host: str
    port: int
    tls: bool
    secret: secretsmanager.ISecret
    # ElastiCache's name for its user; empty where Valkey itself takes changes of it.
    user_id: str = ""

    def environment(self) -> dict[str, str]:
        return {
            "VALKEY_HOST": self.host,
            "VALKEY_PORT": str(self.port),
            "VALKEY_TLS": str(self.tls).lower(),
            "VALKEY_SECRET_ARN": self.secret.secret_arn,
        }


@dataclass(frozen=True, kw_only=True)
class DataServices:
    """What the data stack offers to the functions of the other stacks."""

    postgres: Postgres
    valkey: Valkey
    bus: events.EventBus
    operations: dynamodb.Table
    archive: s3.Bucket
    canary_secret: secretsmanager.ISecret
    origin_secret: secretsmanager.ISecret
