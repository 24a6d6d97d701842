"""What remembers: PostgreSQL, Valkey, operations table, buckets, secrets; and bus, key and alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnOutput, CustomResource, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns

from infra import assets
from infra.acknowledge import acknowledge
from infra.constructs.cold_start import allow_owner_secret
from infra.constructs.encryption_key import EncryptionKey
from infra.constructs.generated_secret import generated_secret
from infra.constructs.kept import kept
from infra.constructs.paging import page
from infra.constructs.platform import DataServices, Network, Platform, Postgres, Valkey
from infra.constructs.postgres_cluster import PostgresCluster, local_postgres
from infra.constructs.private_bucket import ACCEPTED, PrivateBucket
from infra.constructs.service_function import ServiceFunction
from infra.constructs.valkey_cluster import ValkeyCluster, local_valkey

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from infra.assets import Target
    from infra.monitoring import Monitoring
    from infra.stages import Stage

ACCESS_LOGS_REASONS = {
    "NIST.800.53.R5-S3BucketReplicationEnabled": "Logs are kept, not served: one region is enough",
    "NIST.800.53.R5-S3DefaultEncryptionKMS": "S3 delivers access logs only where the default is its own key",
    "CKV_AWS_18": "The bucket that takes access logs can't log to itself without end",
}
ORIGIN_REASON = "CloudFormation writes it into CloudFront at a deploy, no function could; shared/runbook.toml says how"
MIGRATE_TIMEOUT = Duration.minutes(10)


class DataStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        monitoring: Monitoring,
        target: Target,
        network: Network | None,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._stage = stage
        key = EncryptionKey(self, "Key", alias=stage.physical_name("data"), stage=stage)
        alarms = self._alarms_topic(key)
        self.platform = Platform(
            stage=stage, monitoring=monitoring, target=target, key=key, alarms=alarms, network=network
        )
        self.postgres, self.valkey = self._servers(network)
        self.bus = events.EventBus(self, "Bus", event_bus_name=stage.physical_name("bus").removesuffix("-bus"))
        self.operations = self._operations_table(key)
        self.access_logs = self._access_logs_bucket()
        self.archive = self._archive_bucket(key)
        # Its first value holds no keys; migrate makes the canary's site and writes them.
        self.canary_secret = generated_secret(self, "Canary", name="canary", username="canary", platform=self.platform)
        self.origin_secret = generated_secret(
            self,
            "OriginProof",
            name="origin-proof",
            username="cloudfront",
            platform=self.platform,
            reason=ORIGIN_REASON,
        )
        self._migrate()
        CfnOutput(self, "EventBusName", value=self.bus.event_bus_name)
        CfnOutput(self, "AlarmsTopicArn", value=alarms.topic_arn)
        CfnOutput(self, "ArchiveBucketName", value=self.archive.bucket_name)
        CfnOutput(self, "OperationsTableName", value=self.operations.table_name)

    @property
    def services(self) -> DataServices:
        return DataServices(
            postgres=self.postgres,
            valkey=self.valkey,
            bus=self.bus,
            operations=self.operations,
            archive=self.archive,
            canary_secret=self.canary_secret,
            origin_secret=self.origin_secret,
        )

    def _alarms_topic(self, key: kms.Key) -> sns.Topic:
        name = self._stage.physical_name("alarms")
        topic = sns.Topic(self, "Alarms", topic_name=name, master_key=key, enforce_ssl=True)
        # A topic with a policy of its own has lost the default one, by which alarms may publish.
        publish = iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"StringEquals": {"aws:SourceAccount": self.account}},
        )
        topic.add_to_resource_policy(publish)
        page(topic, self._stage.page)
        return topic

    def _servers(self, network: Network | None) -> tuple[Postgres, Valkey]:
        servers = self._stage.local
        if servers:
            return local_postgres(self, servers=servers, platform=self.platform), local_valkey(self, servers=servers)
        if network is None:
            raise ValueError(f"stage {self._stage.name} has neither servers of its own nor a network for new ones")
        postgres = PostgresCluster(self, "Postgres", platform=self.platform, network=network)
        valkey = ValkeyCluster(self, "Valkey", platform=self.platform, network=network)
        return postgres.connection(), valkey.connection()

    def _operations_table(self, key: kms.Key) -> dynamodb.Table:
        """Run records, decisions, incidents: what operations need while PostgreSQL and Valkey are down."""
        text = dynamodb.AttributeType.STRING
        table = dynamodb.Table(
            self,
            "Operations",
            table_name=self._stage.physical_name("operations"),
            partition_key=dynamodb.Attribute(name="pk", type=text),
            sort_key=dynamodb.Attribute(name="sk", type=text),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            # The stream is the outbox: a write and the message that it causes are one transaction.
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute="expires_at",
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            deletion_protection=self._stage.protected,
            removal_policy=kept(self._stage),
        )
        why = "It is in the plan of the recovery stack, which the rule does not look into"
        acknowledge(table, {"NIST.800.53.R5-DynamoDBInBackupPlan": why})
        return table

    def _access_logs_bucket(self) -> s3.Bucket:
        bucket = PrivateBucket(self, "AccessLogs", encryption=s3.BucketEncryption.S3_MANAGED)
        acknowledge(bucket, ACCESS_LOGS_REASONS)
        # The permission that CDK adds for a bucket of another stack names no account: anybody could have S3 deliver here.
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects("*")],
                conditions={"StringNotEquals": {"aws:SourceAccount": self.account}},
            )
        )
        return bucket

    def _archive_bucket(self, key: kms.Key) -> s3.Bucket:
        """Weekly exports of Valkey, evidence of drills, reports on KPIs, copies of accepted events."""
        bucket = PrivateBucket(
            self,
            "Archive",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix="archive/",
        )
        # As long as the database can be restored to a moment, what was accepted after it can be drained again.
        bucket.add_lifecycle_rule(
            prefix=ACCEPTED,
            expiration=Duration.days(self._stage.sizes.backup_days),
            noncurrent_version_expiration=Duration.days(1),
        )
        why = "Copies of what Valkey and PostgreSQL hold; the nightly backups of the database are in a second region"
        acknowledge(bucket, {"NIST.800.53.R5-S3BucketReplicationEnabled": why})
        return bucket

    def _migrate(self) -> None:
        postgres = self.postgres
        migrate = ServiceFunction(
            self,
            "migrate",
            platform=self.platform,
            environment={
                **postgres.environment(),
                "POSTGRES_ADMIN_SECRET_ARN": postgres.admin_secret.secret_arn,
                "POSTGRES_API_SECRET_ARN": postgres.api_secret.secret_arn,
                "POSTGRES_COLLECT_SECRET_ARN": postgres.collect_secret.secret_arn,
                "POSTGRES_QUERY_SECRET_ARN": postgres.query_secret.secret_arn,
                "POSTGRES_WORKER_SECRET_ARN": postgres.worker_secret.secret_arn,
                "POSTGRES_BACKUP_SECRET_ARN": postgres.backup_secret.secret_arn,
                "CANARY_SECRET_ARN": self.canary_secret.secret_arn,
            },
            reserved_concurrency=self._stage.sizes.concurrency.migrate,
            timeout=MIGRATE_TIMEOUT,
            memory_mb=512,
        )
        migrate.allow_secrets(postgres.admin_secret, *postgres.logins, self.canary_secret)
        allow_owner_secret(migrate)
        migrate.allow("secretsmanager:PutSecretValue", resources=[self.canary_secret.secret_arn])
        migrate.allow_key("secretsmanager", "kms:GenerateDataKey")
        migrations = CustomResource(
            self,
            "Migrations",
            resource_type="Custom::Migrations",
            service_token=migrate.function.function_arn,
            service_timeout=MIGRATE_TIMEOUT,
            properties={"Digest": assets.migrations_digest(), "Makes": "schema, logins, canary"},
        )
        if servers := self.node.try_find_child("Postgres"):
            # The cluster's address resolves once it has an instance, and nothing that migrate is told comes from one.
            migrations.node.add_dependency(servers)
