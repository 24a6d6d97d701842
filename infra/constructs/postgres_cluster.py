"""Aurora PostgreSQL Serverless v2, or the PostgreSQL that runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.generated_secret import generated_secret
from infra.constructs.kept import KEPT
from infra.constructs.platform import POSTGRES_PORT, Aurora, Postgres
from infra.constructs.retention import retention

if TYPE_CHECKING:
    from infra.constructs.platform import Network, Platform
    from infra.stages import LocalServers

DATABASE = "p09"
BACKUP_REASON = "AWS Backup selects Aurora clusters, not their instances; the cluster is backed up continuously"
PROTECTION_RULES = ("AwsSolutions-RDS10", "NIST.800.53.R5-RDSInstanceDeletionProtectionEnabled")
FOUNDING_REASON = "The stage's first deploy: a rollback must be able to delete it, and the next deploy protects it"
BACKUP_WINDOW = "01:00-01:30"
LOGS = ("postgresql",)
MONITORING = Duration.minutes(1)
CERTIFICATE = "rds-ca-rsa2048-g1"
INSIGHTS = rds.PerformanceInsightRetention.DEFAULT
INSIGHTS_DAYS = 7  # the default, by RDS' documentation
ADMIN = "p09_admin"
ENGINE = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_18_4)


def role_secrets(scope: Construct, *, platform: Platform) -> dict[str, secretsmanager.ISecret]:
    """Passwords of the PostgreSQL roles that `migrate` creates."""
    return {
        "api_secret": generated_secret(scope, "ApiSecret", name="postgres-api", username="p09_api", platform=platform),
        "collect_secret": generated_secret(
            scope, "CollectSecret", name="postgres-collect", username="p09_collect", platform=platform
        ),
        "query_secret": generated_secret(
            scope, "QuerySecret", name="postgres-query", username="p09_query", platform=platform
        ),
        "worker_secret": generated_secret(
            scope, "WorkerSecret", name="postgres-worker", username="p09_worker", platform=platform
        ),
        "backup_secret": generated_secret(
            scope, "BackupSecret", name="postgres-backup", username="p09_backup", platform=platform
        ),
    }


def local_postgres(scope: Construct, *, servers: LocalServers, platform: Platform) -> Postgres:
    admin = secretsmanager.Secret.from_secret_name_v2(scope, "AdminSecret", servers.postgres.secret_name)
    return Postgres(
        host=servers.postgres.host,
        port=servers.postgres.port,
        database=servers.postgres_database,
        tls_ca="",
        aurora=Aurora(),
        admin_secret=admin,
        **role_secrets(scope, platform=platform),
    )


class PostgresCluster(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, network: Network) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self._network = network
        self._monitoring = self._monitoring_role()
        self.cluster = self._cluster(network)

    def connection(self) -> Postgres:
        secret = self.cluster.secret
        if secret is None:
            raise ValueError("the cluster has no secret for its administrator")
        return Postgres(
            host=self.cluster.cluster_endpoint.hostname,
            port=POSTGRES_PORT,
            database=DATABASE,
            tls_ca="rds-ca.pem",
            admin_secret=secret,
            **role_secrets(self, platform=self._platform),
            aurora=self._aurora(),
        )

    def _cluster(self, network: Network) -> rds.DatabaseCluster:
        stage, key = self._platform.stage, self._platform.key
        sizes = stage.sizes
        cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=ENGINE,
            cluster_identifier=stage.physical_name("postgres"),
            port=POSTGRES_PORT,
            default_database_name=DATABASE,
            credentials=rds.Credentials.from_username(ADMIN, encryption_key=key),
            manage_master_user_password=True,
            writer=rds.ClusterInstance.serverless_v2("Writer", **self._instance()),
            readers=[
                rds.ClusterInstance.serverless_v2(f"Reader{n}", scale_with_writer=True, **self._instance())
                for n in range(1, sizes.aurora_readers + 1)
            ],
            serverless_v2_min_capacity=sizes.aurora_min_capacity,
            serverless_v2_max_capacity=sizes.aurora_max_capacity,
            parameter_group=self._parameters(),
            vpc=network.vpc,
            subnet_group=rds.SubnetGroup(
                self,
                "Subnets",
                description="PostgreSQL, and what is restored beside it",
                vpc=network.vpc,
                vpc_subnets=network.server_subnets,
                subnet_group_name=stage.physical_name("postgres"),
            ),
            security_groups=[network.postgres],
            storage_encrypted=True,
            storage_encryption_key=key,
            iam_authentication=True,
            backup=rds.BackupProps(retention=Duration.days(sizes.backup_days), preferred_window=BACKUP_WINDOW),
            copy_tags_to_snapshot=True,
            deletion_protection=not stage.founding,
            cloudwatch_logs_exports=list(LOGS),
            monitoring_interval=MONITORING,
            monitoring_role=self._monitoring,
            removal_policy=KEPT if sizes.deletion_protection else RemovalPolicy.SNAPSHOT,
        )
        # RDS refuses a monitoring role that may do nothing yet.
        cluster.node.add_dependency(self._statement_log(), self.node.find_child("MonitoringPolicy"))
        acknowledge(cluster, {"NIST.800.53.R5-RDSInBackupPlan": BACKUP_REASON})
        if stage.founding:
            acknowledge(cluster, dict.fromkeys(PROTECTION_RULES, FOUNDING_REASON))
        return cluster

    def _aurora(self) -> Aurora:
        """Physical names, known beforehand: what another stack is told of them makes no stack wait."""
        stage = self._platform.stage
        name = stage.physical_name("postgres")
        arn = Stack.of(self).format_arn(
            service="rds", resource="cluster", resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        return Aurora(
            cluster_id=name,
            cluster_arn=arn,
            subnet_group=name,
            parameter_group=name,
            monitoring_role=self._monitoring.role_arn,
            shape=self._shape(name),
        )

    def _shape(self, name: str) -> dict[str, Any]:
        """What the template says of cluster and instances, as a restore asks RDS for it; tests hold the two equal."""
        sizes, key = self._platform.stage.sizes, self._platform.key.key_arn
        return {
            "cluster": {
                "Port": POSTGRES_PORT,
                "DBSubnetGroupName": name,
                "DBClusterParameterGroupName": name,
                "VpcSecurityGroupIds": [self._network.postgres.security_group_id],
                "KmsKeyId": key,
                "EnableIAMDatabaseAuthentication": True,
                "CopyTagsToSnapshot": True,
                "BackupRetentionPeriod": sizes.backup_days,
                "PreferredBackupWindow": BACKUP_WINDOW,
                "ServerlessV2ScalingConfiguration": {
                    "MinCapacity": sizes.aurora_min_capacity,
                    "MaxCapacity": sizes.aurora_max_capacity,
                },
            },
            "instance": {
                "Engine": "aurora-postgresql",
                "DBInstanceClass": "db.serverless",
                "PubliclyAccessible": False,
                "AutoMinorVersionUpgrade": True,
                "CACertificateIdentifier": CERTIFICATE,
                "EnablePerformanceInsights": True,
                "PerformanceInsightsKMSKeyId": key,
                "PerformanceInsightsRetentionPeriod": INSIGHTS_DAYS,
                "MonitoringInterval": MONITORING.to_seconds(),
                "MonitoringRoleArn": self._monitoring.role_arn,
            },
            "readers": sizes.aurora_readers,
            "promoted": {
                "ManageMasterUserPassword": True,
                "MasterUserSecretKmsKeyId": key,
                "DeletionProtection": True,
                # A temporary database logs nowhere: the group would be one for each drill, without end.
                "CloudwatchLogsExportConfiguration": {"EnableLogTypes": list(LOGS)},
            },
        }

    def _instance(self) -> dict[str, Any]:
        return {
            "publicly_accessible": False,
            "auto_minor_version_upgrade": True,
            "ca_certificate": rds.CaCertificate.of(CERTIFICATE),
            "enable_performance_insights": True,
            "performance_insight_encryption_key": self._platform.key,
            "performance_insight_retention": INSIGHTS,
        }

    def _parameters(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self,
            "Parameters",
            engine=ENGINE,
            name=self._platform.stage.physical_name("postgres"),
            description="TLS only, slow statements and locks logged",
            parameters={
                "max_connections": str(self._platform.stage.sizes.max_connections),
                "rds.force_ssl": "1",
                "log_min_duration_statement": "1000",
                "log_lock_waits": "1",
                "idle_in_transaction_session_timeout": "60000",
            },
        )

    def _statement_log(self) -> logs.LogGroup:
        """Made before RDS would make it, to be forgotten in time and under our key."""
        stage = self._platform.stage
        return logs.LogGroup(
            self,
            "StatementLog",
            log_group_name=f"/aws/rds/cluster/{stage.physical_name('postgres')}/postgresql",
            retention=retention(stage),
            encryption_key=self._platform.key,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _monitoring_role(self) -> iam.Role:
        role = iam.Role(self, "MonitoringRole", assumed_by=iam.ServicePrincipal("monitoring.rds.amazonaws.com"))
        # RDS chooses this name, and a stream in it for each instance.
        group = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="RDSOSMetrics",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        in_group = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
        in_streams = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"]
        streams = [f"{group}:log-stream:*"]
        policy = iam.ManagedPolicy(
            self,
            "MonitoringPolicy",
            roles=[role],
            statements=[
                iam.PolicyStatement(actions=in_group, resources=[group]),
                iam.PolicyStatement(actions=in_streams, resources=streams),
            ],
        )
        finding = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:RDSOSMetrics:log-stream:*"
        why = "RDS names a stream after each instance's resource id, which is not known before it exists"
        acknowledge(policy, {f"AwsSolutions-IAM5[Resource::{finding}]": why})
        return role
