"""`p09 dead-letters …` and `p09 logs`."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.request_story import FUNCTION_PREFIX, tell
from scripts.p09.session import session
from shared.identity.identity import SRE

dead_letters = typer.Typer(no_args_is_help=True, help="Stream entries that the worker gave up on.")
_AT_ONCE = 1000


@dead_letters.command("list")
def list_dead_letters(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List what failed five times, with its error."""
    rows = list(session(context).operations(SRE).pages("/v1/dead-letters", "dead_letters"))
    show_rows(rows, ("id", "site_id", "events", "error"), as_json=as_json)


@dead_letters.command("replay")
def replay_dead_letters(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="All of them by default.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send them through again; what is stored already is not counted twice."""
    api = session(context).operations(SRE)
    wanted = ids or [letter["id"] for letter in api.pages("/v1/dead-letters", "dead_letters")]
    replayed = 0
    for begin in range(0, len(wanted), _AT_ONCE):
        body = {"ids": wanted[begin : begin + _AT_ONCE]}
        replayed += api.post("/v1/dead-letters/replay", body)["replayed"]
    show({"replayed": replayed}, as_json=as_json)


def logs(
    context: typer.Context,
    *,
    function: Annotated[str | None, typer.Argument(help="Such as api or ingest_worker; all by default.")] = None,
    minutes: Annotated[int, typer.Option(help="How far to look back.")] = 15,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    request: Annotated[str | None, typer.Option(help="Only this request's story: what x-request-id said.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the functions' logs of the local system. With --json each line is an object, as Fluent Bit reads them."""
    client = aws_client("logs", session(context).system()["aws_endpoint"])
    if request:
        if not tell(client, request, int((time.time() - 60 * minutes) * 1000)):
            raise LocalError(
                f"no log of the last {minutes} minutes knows the request {request}; --minutes looks further back"
            )
        return
    prefix = FUNCTION_PREFIX + (function or "").replace("_", "-")
    since = int((time.time() - 60 * minutes) * 1000)
    while True:
        for event in _events(client, prefix, since):
            since = max(since, event["timestamp"] + 1)
            print(json.dumps(record(event)) if as_json else _line(event), flush=True)
        if not follow:
            return
        time.sleep(1)


def record(event: Mapping[str, Any]) -> dict[str, Any]:
    """A line of CloudWatch Logs as an object: what a function has said in JSON, else its ``message``."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    known = {"time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z", "function": event["function"]}
    try:
        said = json.loads(event["message"])
    except ValueError:
        said = None
    return (said if isinstance(said, dict) else {"message": event["message"].rstrip()}) | known


def _line(event: Mapping[str, Any]) -> str:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).strftime("%H:%M:%S")
    return f"{at} {event['function']:<14} {event['message'].rstrip()}"


def _events(client: Any, prefix: str, since: int) -> list[dict[str, Any]]:
    groups = [group["logGroupName"] for group in client.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]]
    events = [
        {**event, "function": group.removeprefix(FUNCTION_PREFIX)}
        for group in groups
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        for event in page["events"]
    ]
    return sorted(events, key=lambda event: int(event["timestamp"]))
