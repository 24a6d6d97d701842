"""Counts every request in Valkey and logs it, after the answer is on its way. Pure ASGI: it must cost microseconds."""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.logging.formatter import set_context_keys
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.last_used import mark_used
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.valkey import Valkey, ValkeyUnavailable

# Upper bounds in seconds; 0.2 and 1.5 are targets of KPIs and must be among them.
LATENCY_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0)
REQUESTS: Final = "metrics:requests"
LATENCY: Final = "metrics:latency"
UNMATCHED: Final = "unmatched"
ACCEPTED: Final = 202

logger = Logger(child=True)


class Telemetry:
    """Middleware that gives every request an id, a line in the log and its place in the counters."""

    def __init__(self, app: ASGIApp, valkey: Callable[[], Valkey]) -> None:
        self._app = app
        self._valkey = valkey

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = scope.setdefault("state", {})["request_id"] = _request_id(scope)
        # In the context of this request's task and its threads: whatever is logged from here on has it.
        set_context_keys(request_id=request_id)  # type: ignore[arg-type]  # it takes any value
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._report(scope, request_id, status, time.perf_counter() - started)

    def _report(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", UNMATCHED)
        _log({
            "request_id": request_id, "method": scope["method"], "route": route,
            "status": status, "milliseconds": round(seconds * 1000, 1),
        })  # fmt: skip
        try:
            used = mark_used(scope["state"].get("caller"), datetime.now(UTC))
            self._valkey().tell([*_counts(scope["method"], route, status, seconds), *used])
        except (ValkeyUnavailable, AwsUnavailable, AwsRefused):
            # Counters are not worth failing a request for; the health check reports Valkey itself.
            logger.warning("request not counted: Valkey is unavailable")


def _log(request: dict[str, Any]) -> None:
    """A line as Powertools writes it, which takes 150 µs for each: every request leaves one.

    At DEBUG for events that were accepted: of those AWS keeps the access log's line only.
    """
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S,%f}"[:-3] + "+0000"
    level = "DEBUG" if request["status"] == ACCEPTED else "INFO"
    line = {"level": level, "message": "request", "timestamp": at, "service": logger.service, **request}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def bucket_of(seconds: float) -> str:
    """The smallest bound that holds a latency, as Prometheus writes it."""
    return next((f"{bound:g}" for bound in LATENCY_BUCKETS if seconds <= bound), "+Inf")


def _counts(method: str, route: str, status: int, seconds: float) -> list[tuple[str, ...]]:
    return [
        ("HINCRBY", REQUESTS, f"{method} {route} {status}", "1"),
        ("HINCRBY", LATENCY, f"{method} {route} {bucket_of(seconds)}", "1"),
        ("HINCRBYFLOAT", LATENCY, f"{method} {route} sum", f"{seconds:.6f}"),
    ]


def _request_id(scope: Scope) -> str:
    event: dict[str, Any] = scope.get("aws.event", {})
    return str(event.get("requestContext", {}).get("requestId") or uuid4())
