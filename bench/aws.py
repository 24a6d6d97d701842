"""What functions ask of AWS while they are measured: their secrets, the bus, objects of S3. It checks and keeps nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.loopback import Handler, served
from bench.operations_table import PREFIX, OperationsTable


@dataclass
class AwsStandIn:
    """``secrets`` by their id; ``on_events`` is called with each call's entries, as a bus calls its rules."""

    endpoint: str = ""
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    on_events: Callable[[list[dict[str, Any]]], None] = lambda _entries: None
    table: OperationsTable = field(default_factory=OperationsTable)

    def answer(self, target: str, request: dict[str, Any]) -> dict[str, Any]:
        if target == "secretsmanager.GetSecretValue":
            return {"SecretString": json.dumps(self.secrets[request["SecretId"]])}
        if target == "AWSEvents.PutEvents":
            self.on_events(request["Entries"])
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}
        if target.startswith(PREFIX):
            return self.table.answer(target.removeprefix(PREFIX), request)
        if target == "GraniteServiceVersion20100801.GetMetricData":
            return {"MetricDataResults": []}
        if target == "GraniteServiceVersion20100801.PutMetricData":
            return {}
        raise LookupError(f"{target}: the benchmark knows no such call")


@contextmanager
def aws_stand_in() -> Iterator[AwsStandIn]:
    stand_in = AwsStandIn()

    class Calls(Handler):
        def do_POST(self) -> None:  # noqa: N802 -- http.server's name
            request = json.loads(self.body())
            self.answer(200, json.dumps(stand_in.answer(self.headers["X-Amz-Target"], request)).encode())

        def do_PUT(self) -> None:  # noqa: N802 -- http.server's name
            """An object for S3: after a minute the worker writes what earlier rows have sent."""
            self.body()
            self.answer(200, b"")

    with served(Calls) as address:
        stand_in.endpoint = f"http://{address}"
        yield stand_in
