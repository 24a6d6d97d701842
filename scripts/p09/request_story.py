"""`p09 logs --request ID`: one request from the gateway to the worker that stored its events."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local.front_door.edge import LOG_GROUP

FUNCTION_PREFIX = "/aws/lambda/p09-local-"
_REQUEST_KEYS = ("requestId", "request_id", "correlation_id")
_QUIET = frozenset({"timestamp", "level", "location", "service", "xray_trace_id", "request_ids", *_REQUEST_KEYS})


def tell(client: Any, request_id: str, since: int) -> int:
    """Print what every log says of a request, in order of time; returns how many lines there were."""
    lines = sorted(_lines(client, request_id, since), key=lambda line: line[0])
    for at, place, said in lines:
        moment = datetime.fromtimestamp(at / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
        print(f"{moment} {place:<14} {said}")
    return len(lines)


def _lines(client: Any, request_id: str, since: int) -> Iterator[tuple[int, str, str]]:
    for group in _groups(client):
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since, filterPattern=f'"{request_id}"'
        )
        place = "gateway" if group == LOG_GROUP else group.removeprefix(FUNCTION_PREFIX)
        for page in pages:
            for event in page["events"]:
                if request_id in event["message"]:
                    yield int(event["timestamp"]), place, _said(event["message"])


def _groups(client: Any) -> Iterator[str]:
    for prefix in (LOG_GROUP, FUNCTION_PREFIX):
        for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix):
            yield from (group["logGroupName"] for group in page["logGroups"])


def _said(message: str) -> str:
    """The message and its fields, without those that every line has."""
    start = message.find("{")
    try:
        content = json.loads(message[start:]) if start >= 0 else None
    except json.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        return message.strip()
    others = sorted(content.get("request_ids", []))
    fields = [f"{key}={value}" for key, value in content.items() if key not in _QUIET and key != "message"]
    shared = [f"with {len(others) - 1} other requests"] if len(others) > 1 else []
    return " ".join([str(content.get("message", "answered")), *fields, *shared])
