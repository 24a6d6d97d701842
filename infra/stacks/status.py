"""The status page: a bucket and a distribution of its own, and the function that writes the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3

from infra.acknowledge import acknowledge
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.rule import on_event
from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction
from infra.constructs.status_distribution import StatusDistribution

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform
    from infra.stages import LocalServers

CHANGES = ["IncidentChanged", "ProbeFailed", "ProbeRecovered", "CalendarChanged"]
SOURCES = ["p09.incidents", "p09.health", "p09.calendar"]
# The heartbeat writes a version each minute.
OLD_VERSIONS_DAYS = 7
LOCAL_HOST = "status.localhost"
BUCKET_REASONS = {
    "NIST.800.53.R5-S3BucketReplicationEnabled": "All of it is written again from the operations table within a minute",
    "NIST.800.53.R5-S3DefaultEncryptionKMS": "Files that anybody may read: S3's own key is enough",
}


class StatusStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        access_logs: s3.IBucket,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self._data = data
        self.bucket = self._bucket(access_logs)
        found = StatusDistribution(self, "Status", stage=platform.stage, content=self.bucket)
        self.distribution = found.distribution
        domain = self.distribution.distribution_domain_name
        own = platform.stage.domain
        self.url = (
            local_url(platform.stage.local) if platform.stage.local else f"https://{own.status if own else domain}"
        )
        self._publish()
        CfnOutput(self, "StatusDistributionId", value=self.distribution.distribution_id)
        CfnOutput(self, "StatusDistributionDomainName", value=domain)
        CfnOutput(self, "StatusUrl", value=self.url)

    def _bucket(self, access_logs: s3.IBucket) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "Content",
            old_versions_days=OLD_VERSIONS_DAYS,
            encryption=s3.BucketEncryption.S3_MANAGED,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="status/",
        )
        acknowledge(bucket, BUCKET_REASONS)
        return bucket

    def _publish(self) -> None:
        publisher = ServiceFunction(
            self,
            "status_publisher",
            platform=self._platform,
            environment={
                "OPERATIONS_TABLE_NAME": self._data.operations.table_name,
                "STATUS_BUCKET_NAME": self.bucket.bucket_name,
                "STATUS_URL": self.url,
            },
            reserved_concurrency=self._platform.stage.sizes.concurrency.status_publisher,
            # Shorter than its lease of the page (functions/status_publisher/turn.py).
            timeout=Duration.minutes(1),
            memory_mb=1024,
            in_network=False,
        )
        self._allow(publisher)
        run_every(self, platform=self._platform, function=publisher, name="status_publisher")
        on_event(
            self,
            "StatusChanged",
            data=self._data,
            function=publisher,
            pattern=events.EventPattern(source=SOURCES, detail_type=CHANGES),
            description="Something changes on the status page",
        )

    def _allow(self, publisher: ServiceFunction) -> None:
        # It tells that maintenances begin and end, and whose turn it is to publish: it removes nothing.
        publisher.allow_table(self._data.operations, without="dynamodb:DeleteItem")
        why = "It writes the page, and a file for each incident, in this one bucket, which is its own"
        publisher.allow_files(self.bucket, "s3:PutObject", "s3:DeleteObject", why=why)


def local_url(servers: LocalServers) -> str:
    """The front door serves it under a host of its own; names under .localhost are this machine's in every browser."""
    origin = urlsplit(servers.origin)
    return f"{origin.scheme}://{LOCAL_HOST}:{origin.port or 80}"
