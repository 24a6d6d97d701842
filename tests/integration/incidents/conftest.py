import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import pytest

from shared.events.event import Event
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.moments import stamp
from shared.platform.settings import aws_settings
from tests.integration.aws import TABLE, Aws, Crash, aws_in_memory
from tests.unit.shared.incidents.world import World


class Responder:
    """The function as Lambda runs it: what crashes is delivered again."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.table = Table(signed_call(aws_settings), TABLE)
        self.world = World(table=self.table)
        self._handler = importlib.import_module("functions.incident_responder.handler").handler

    def deliver(self, event: Event) -> Any:
        return self.invoke({"detail-type": event.detail_type, "source": event.source, "detail": event.detail})

    def notify(self, *alarms: dict[str, Any]) -> Any:
        records = [{"EventSource": "aws:sns", "Sns": {"MessageId": "1", "Message": json.dumps(one)}} for one in alarms]
        return self.invoke({"Records": records})

    def tick(self, at: datetime) -> Any:
        return self.invoke({"task": "incident_responder", "scheduled_time": stamp(at)})

    def invoke(self, event: dict[str, Any]) -> Any:
        """With a crash at the call that ``aws.crash_at`` counts, and then once more without."""
        self.aws.operations.clear()
        with suppress(Crash):
            return self._handler(event, None)
        crash_at, self.aws.crash_at = self.aws.crash_at, None
        try:
            return self._handler(event, None)
        finally:
            self.aws.crash_at = crash_at


@contextmanager
def responding() -> Iterator[Responder]:
    with pytest.MonkeyPatch.context() as patch, aws_in_memory(patch) as aws:
        yield Responder(aws)


@pytest.fixture
def responder() -> Iterator[Responder]:
    with responding() as found:
        yield found
