"""`p09 day`: plays a whole past day on the running system, every schedule at its times."""

import json
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress

from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show_rows
from scripts.p09.runbook import day_table, print_day
from scripts.p09.schedules import WORKFLOW, Schedule, deployed, occasions
from scripts.p09.session import session
from shared.identity.identity import SRE

ATTEMPTS: Final = 20  # at a function whose concurrency the real schedules take up
_SECONDS_BETWEEN: Final = 0.25


def day(
    context: typer.Context,
    *,
    chosen: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="A day (UTC) that is over; yesterday.")
    ] = None,
    thin: Annotated[
        int, typer.Option(min=1, help="Play only every Nth time of schedules that fire more often than hourly.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Play a whole day: invoke every deployed schedule's function with its times of that day, in their order.

    Tasks judge the system as it is now: their records say that they were played, prove nothing, and are not signed. A day has
    more than 9,000 times when much runs each minute, which take ten minutes on an idle machine; --thin 60 leaves about 200.
    Exit code 0 if every invocation succeeded, whatever the tasks found.
    """
    asked = (chosen or datetime.now(UTC) - timedelta(days=1)).date()
    _check(asked, datetime.now(UTC).date())
    here = session(context)
    endpoint = here.system()["aws_endpoint"]
    schedules, disabled = deployed(aws_client("scheduler", endpoint))
    played = occasions(schedules, asked, thin)
    failures = _play(endpoint, played)
    table = day_table(here.operations(SRE), datetime.combine(asked, datetime.min.time()))
    counts = Counter(schedule.name for _, schedule in played)
    if as_json:
        report = {"date": asked.isoformat(), "invoked": counts, "disabled": disabled, "failures": failures}
        print(json.dumps(report | {"table": table}, indent=2))
    else:
        _tell(counts, disabled, failures, table)
    if failures:
        raise typer.Exit(1)


def _check(asked: date, today: date) -> None:
    if asked >= today:
        raise typer.BadParameter(
            f"{asked} is not over (UTC): functions would be told of times that are still to come. "
            f"{today - timedelta(days=1)} is the latest that can be played.",
            param_hint="--date",
        )


def _play(endpoint: str, played: list[tuple[datetime, Schedule]]) -> list[dict[str, str]]:
    functions, workflows = aws_client("lambda", endpoint), aws_client("stepfunctions", endpoint)
    failures = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task("", total=len(played))
        for at, schedule in played:
            progress.update(line, advance=1, description=f"{at:%H:%M} {schedule.name}")
            if WORKFLOW in schedule.target:
                _start(workflows, schedule, at)
            elif error := _invoke(functions, schedule, at):
                failures.append({"at": f"{at:%H:%M}", "schedule": schedule.name, "error": error})
    return failures


def _start(client: Any, schedule: Schedule, at: datetime) -> None:
    """A workflow goes on by itself; one that was started for this time before is not started again."""
    with suppress(client.exceptions.ExecutionAlreadyExists):
        name = f"{schedule.name}-{at:%Y%m%dT%H%M%SZ}"
        client.start_execution(stateMachineArn=schedule.target, name=name, input=schedule.played(at).decode())


def _invoke(client: Any, schedule: Schedule, at: datetime) -> str:
    """What went wrong, or nothing."""
    for _ in range(ATTEMPTS):
        try:
            answer = client.invoke(FunctionName=schedule.target, Payload=schedule.played(at))
        except client.exceptions.TooManyRequestsException:
            time.sleep(_SECONDS_BETWEEN)
            continue
        except client.exceptions.ResourceNotFoundException:
            raise LocalError(f"{schedule.name} wakes {schedule.target}, which is not deployed") from None
        content = answer["Payload"].read()
        return _error(content) if answer.get("FunctionError") else ""
    return f"its concurrency was taken for {ATTEMPTS * _SECONDS_BETWEEN:.0f} seconds"


def _error(content: bytes) -> str:
    try:
        found = json.loads(content)
        return f"{found['errorType']}: {found['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")[:300]


def _tell(counts: Counter[str], disabled: list[str], failures: list[dict[str, str]], table: dict[str, Any]) -> None:
    print(f"{counts.total()} invocations of {len(counts)} schedules, {len(failures)} failed")
    for name in disabled:
        print(f"{name} is disabled: it was not played")
    print_day(table)
    if failures:
        show_rows(failures, ("at", "schedule", "error"), as_json=False)
