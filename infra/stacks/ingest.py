"""The worker that drains the stream, and the two things that wake it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events

from infra.constructs.private_bucket import ACCEPTED, allow_objects
from infra.constructs.rule import on_event
from infra.constructs.schedule import schedule
from infra.constructs.service_function import ServiceFunction
from infra.constructs.stream_signals import StreamSignals

if TYPE_CHECKING:
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

ACCEPTED_REASON = "An object of accepted events for each minute, named after it, under one prefix"
WAKE_SOURCE = "p09.ingestion"
WAKE_DETAIL_TYPE = "EventsWaiting"
# The next minute brings a fresh wake-up: older ones are worth nothing.
WAKE_RETRIES = 2
WAKE_MAX_AGE = Duration.minutes(5)


class IngestStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices, **props: Any
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self.worker = self._worker(data)
        self._wake_when_events_wait(data)
        self._wake_every_minute()
        StreamSignals(self, "Stream", platform=platform, worker=self.worker)

    def _worker(self, data: DataServices) -> ServiceFunction:
        worker = ServiceFunction(
            self,
            "ingest_worker",
            platform=self._platform,
            environment={
                **data.postgres.environment(),
                "POSTGRES_SECRET_ARN": data.postgres.worker_secret.secret_arn,
                **data.valkey.environment(),
                "EVENT_BUS_NAME": data.bus.event_bus_name,
                "ARCHIVE_BUCKET_NAME": data.archive.bucket_name,
            },
            reserved_concurrency=self._platform.stage.sizes.concurrency.ingest_worker,
            timeout=Duration.minutes(5),
            # Over half a core: some 10,000 events a second. What it mostly does is wait, which costs by the memory.
            memory_mb=1024,
            traced=False,
        )
        worker.allow_secrets(data.postgres.worker_secret, data.valkey.secret)
        worker.allow("events:PutEvents", resources=[data.bus.event_bus_arn])
        allow_objects(worker, data.archive, f"{ACCEPTED}*", "s3:PutObject", why=ACCEPTED_REASON)
        worker.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        return worker

    def _wake_when_events_wait(self, data: DataServices) -> None:
        on_event(
            self,
            "EventsWaiting",
            data=data,
            function=self.worker,
            description="The stream went from idle to busy",
            pattern=events.EventPattern(source=[WAKE_SOURCE], detail_type=[WAKE_DETAIL_TYPE]),
            retries=WAKE_RETRIES,
            max_age=WAKE_MAX_AGE,
        )

    def _wake_every_minute(self) -> None:
        """Safety net: a wake-up that was lost costs a minute, not an event."""
        schedule(
            self,
            "EveryMinute",
            platform=self._platform,
            name="ingest-worker-every-minute",
            function=self.worker,
            expression="rate(1 minute)",
            retries=WAKE_RETRIES,
            max_age=WAKE_MAX_AGE,
        )
