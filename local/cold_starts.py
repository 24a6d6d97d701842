"""Cold starts as MiniStack saw them: the first request of each function's latest environment."""

import re
from datetime import UTC, datetime
from typing import Any

from local.aws import aws_client
from local.state import Configuration, State

_SPAWNED = re.compile(r"^(\S+ \S+) INFO \[lambda_runtime\] Lambda worker spawned for p09-local-(\S+) ", re.MULTILINE)
_DURATION = re.compile(r"^REPORT .*?\tDuration: (\d+) ms")
_MILLISECOND = 1000
# The log's times are whole seconds; the request that was waiting for the environment ends soon after.
_WINDOW_SECONDS = 5


def cold_starts(state: State, config: Configuration) -> dict[str, float]:
    """Seconds by function: unpacking, imports and the first request together."""
    logs = aws_client("logs", config.aws_endpoint)
    spawned = {name: at for at, name in _SPAWNED.findall(state.log("ministack").read_text(errors="replace"))}
    measured = {name: _longest(logs, name, at) for name, at in sorted(spawned.items())}
    return {name: seconds for name, seconds in measured.items() if seconds}


def _longest(logs: Any, function: str, spawned: str) -> float:
    since = int(datetime.strptime(spawned, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp())
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/p09-local-{function}",
        startTime=since * _MILLISECOND,
        endTime=(since + _WINDOW_SECONDS) * _MILLISECOND,
    )
    reports = (_DURATION.match(event["message"]) for page in pages for event in page["events"])
    return max((int(found[1]) / _MILLISECOND for found in reports if found), default=0.0)
