"""The operations table's stream as the outbox: what a transaction leaves there is put on the bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from constructs import Construct

from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from infra.constructs.platform import DataServices, Platform

PARTITION = "outbox"
BATCH = 50
# The sweep sends what is left here; the stream must not be held up by one item for a day.
ATTEMPTS = 5


class Outbox(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, data: DataServices) -> None:
        super().__init__(scope, construct_id)
        self._data = data
        self.function = ServiceFunction(
            self,
            "outbox",
            platform=platform,
            environment={
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "EVENT_BUS_NAME": data.bus.event_bus_name,
            },
            reserved_concurrency=platform.stage.sizes.concurrency.outbox,
            timeout=Duration.seconds(30),
            memory_mb=512,
            in_network=False,
        )
        self.function.allow_table(data.operations)
        self.function.allow("events:PutEvents", resources=[data.bus.event_bus_arn])
        self._read_the_stream()
        run_every(self, platform=platform, function=self.function, name="outbox")

    def _read_the_stream(self) -> None:
        stream = self._data.operations.table_stream_arn
        if stream is None:
            raise ValueError("the operations table has no stream")
        reading = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
        self.function.allow(*reading, resources=[stream])
        self.function.allow("dynamodb:ListStreams", resources=["*"])
        left = {"NewImage": {"pk": {"S": lambda_.FilterRule.is_equal(PARTITION)}}}
        written = lambda_.FilterCriteria.filter({"eventName": lambda_.FilterRule.is_equal("INSERT"), "dynamodb": left})
        mapping = lambda_.EventSourceMapping(
            self,
            "Stream",
            target=self.function.function,
            event_source_arn=stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH,
            bisect_batch_on_error=True,
            retry_attempts=ATTEMPTS,
            filters=[written],
            on_failure=event_sources.SqsDlq(self.function.failures),
        )
        mapping.node.add_dependency(self.function.policy)
