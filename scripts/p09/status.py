"""`p09 status …`: what the status page says, and writing it anew."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from local.api import Api
from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session

status = typer.Typer(no_args_is_help=True, help="The status page: static files that stay when the rest is down.")
_FUNCTION = "p09-local-status-publisher"


@status.command("show")
def show_status(
    context: typer.Context,
    *,
    at: Annotated[str | None, typer.Option(help="Address of another status page than the local system's.")] = None,
    as_json: AsJson = False,
) -> None:
    """What customers read. Exit code 1 if the page is stale: its last heartbeat is too old."""
    read = _reader(context, at)
    summary, heartbeat = read("/api/v2/summary.json"), read("/heartbeat.json")
    age = (datetime.now(UTC) - datetime.fromisoformat(heartbeat["at"])).total_seconds()
    stale = age > heartbeat["stale_after_seconds"]
    if as_json:
        print(json.dumps(summary | {"heartbeat": heartbeat, "stale": stale}, indent=2))
    else:
        _print(summary)
        print(f"{'STALE: ' if stale else ''}last heartbeat {age:.0f} s ago; {summary['page']['url']}")
    if stale:
        raise typer.Exit(1)


@status.command("publish")
def publish(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Write the local system's page anew, now."""
    client = aws_client("lambda", session(context).system()["aws_endpoint"])
    answer = client.invoke(FunctionName=_FUNCTION, Payload=b"{}")
    report = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise LocalError(f"the publisher failed: {report.get('errorMessage')}; `p09 logs status_publisher` says more")
    if as_json:
        print(json.dumps(report, indent=2))
        return
    files = [name for one in report["rounds"] for name in one["put"]]
    show({"written": ", ".join(files) or "by another publisher, which is at it"}, as_json=False)


def _reader(context: typer.Context, at: str | None) -> Any:
    if at:
        return Api(at).get
    system = session(context).system()
    # Browsers know names under .localhost as this machine, Python does not.
    host = {"host": urlsplit(system["status_url"]).netloc}
    api = Api(system["url"])
    return lambda path: api.checked("GET", path, headers=host).json()


def _print(summary: dict[str, Any]) -> None:
    print(summary["status"]["description"])
    show_rows(
        [{"": one["name"], "status": _words(one["status"])} for one in summary["components"]],
        ("", "status"),
        as_json=False,
    )
    for kind in ("incidents", "scheduled_maintenances"):
        for one in summary[kind]:
            print(f"{_words(one['status'])}: {one['name']} (since {one['started_at']})")
            print(f"  {one['incident_updates'][0]['body']}")


def _words(status: str) -> str:
    return status.replace("_", " ")
