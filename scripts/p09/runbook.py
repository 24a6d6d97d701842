"""`p09 today` and `p09 task …`: the runbook's table, run records, and running a task by hand."""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from local.api import Api
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

task = typer.Typer(no_args_is_help=True, help="The runbook's tasks: their runs, their evidence, run one now.")
STYLES: Final = {
    "passed": "green", "failed": "bold red", "timed out": "bold red", "missed": "bold red", "no record": "red",
    "unconfigured": "yellow", "running": "cyan", "requested": "cyan", "due": "cyan",
}  # fmt: skip
EXIT_CODES: Final = {"passed": 0, "unconfigured": 3}
WITHOUT_A_VERDICT: Final = frozenset({"requested", "running"})
NO_VERDICT: Final = 4
_SECONDS_BETWEEN: Final = 0.5
_FILE_WIDTH: Final = 200  # columns, where there is no window

TaskId = Annotated[str, typer.Argument(metavar="ID", help="Such as health_check; `p09 task list` names them.")]
Day = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Another day (UTC) than today.")
]  # fmt: skip


def today(context: typer.Context, *, date: Day = None, as_json: AsJson = False) -> None:
    """Print the runbook's table with a day's state."""
    found = day_table(session(context).operations(SRE), date)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print_day(found)


def day_table(api: Api, date: datetime | None) -> dict[str, Any]:
    found: dict[str, Any] = api.get("/v1/runbook", **({"date": date.strftime("%Y-%m-%d")} if date else {}))
    return found


def print_day(found: dict[str, Any]) -> None:
    table = Table(title=f"{found['date']}, as of {found['now']}", title_justify="left", box=None, pad_edge=False)
    for column in ("UTC", "task", "state", "responsible", "finished", "why"):
        table.add_column(column, no_wrap=column in {"UTC", "task", "state"}, header_style="bold")
    for one in found["tasks"]:
        table.add_row(*_cells(one), style="dim" if one["state"] in {"not due", "upcoming"} else None)
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(table)


@task.command("list")
def list_tasks(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the tasks with their hours, owners and graces."""
    found = day_table(session(context).operations(SRE), None)["tasks"]
    rows = [one | {"hour": f"{one['hour']:02}:00", "on": one["weekday"] or "every day"} for one in found]
    show_rows(found if as_json else rows, ("id", "on", "hour", "responsible", "title"), as_json=as_json)


@task.command("runs")
def runs(
    context: typer.Context,
    task_id: TaskId,
    *,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """A task's run records, newest first."""
    found = session(context).operations(SRE).newest(f"/v1/runbook/tasks/{task_id}/runs", "runs", limit)
    show_rows(found, ("id", "kind", "state", "seconds", "by", "why"), as_json=as_json)


@task.command("show")
def show_run(context: typer.Context, run: str, *, as_json: AsJson = False) -> None:
    """A run record with its evidence."""
    show_evidence(_run(session(context).operations(SRE), run), as_json=as_json)


@task.command("run")
def run_now(
    context: typer.Context,
    task_id: TaskId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the record.")],
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the verdict.")] = 300,
    as_json: AsJson = False,
) -> None:
    """Run a task now and wait for its verdict.

    Exit codes: 0 passed, 1 failed, timed out or missed, 3 unconfigured, 4 no verdict in time.
    """
    api = session(context).operations(SRE)
    asked = api.post(f"/v1/runbook/tasks/{task_id}/runs", {"reason": reason})
    found = _with_verdict(api, asked["id"], wait)
    show_evidence(found, as_json=as_json)
    if code := exit_code(found["state"]):
        raise typer.Exit(code)


def exit_code(state: str) -> int:
    return NO_VERDICT if state in WITHOUT_A_VERDICT else EXIT_CODES.get(state, 1)


def show_evidence(found: dict[str, Any], *, as_json: bool) -> None:
    flat = {name: value for name, value in found.items() if not isinstance(value, dict)}
    parts = {
        f"{name}.{key}": value if isinstance(value, str) else json.dumps(value)
        for name, group in found.items() if isinstance(group, dict) for key, value in group.items()
    }  # fmt: skip
    said = {name: value for name, value in flat.items() if value not in (None, "", False)}
    show(found if as_json else said | parts, as_json=as_json)


def _with_verdict(api: Api, run: str, wait: int) -> dict[str, Any]:
    deadline = time.monotonic() + wait
    with Console(stderr=True).status(f"{run}: requested") as status:
        while True:
            found = _run(api, run)
            if found["state"] not in WITHOUT_A_VERDICT or time.monotonic() > deadline:
                return found
            status.update(f"{run}: {found['state']}")
            time.sleep(_SECONDS_BETWEEN)


def _run(api: Api, run: str) -> dict[str, Any]:
    task_id = run.removesuffix("-manual").rpartition("-")[0]
    if not task_id:
        raise typer.BadParameter(f"{run} is no run: `p09 task runs ID` lists them")
    found: dict[str, Any] = api.get(f"/v1/runbook/tasks/{task_id}/runs/{run}")
    return found


def _cells(one: dict[str, Any]) -> list[str]:
    run = one["run"]
    style = STYLES.get(one["state"], "dim")
    hour = f"{one['hour']:02}:00" + (f" {one['weekday'][:3]}" if one["weekday"] else "")
    why = (run["why"] if run else "") or one["hint"]
    played = ["Played."] if run and run["kind"] == "played" else []
    by_hand = [f"By hand at {_time(manual)}: {manual['state']}." for manual in one["manual_runs"][:1]]
    said = " ".join([*played, why, *by_hand])
    return [hour, one["id"], f"[{style}]{one['state']}[/]", one["responsible"], _time(run), _plain(said)]


def _time(run: dict[str, Any] | None) -> str:
    if run is None or not (at := run["finished_at"] or run["started_at"]):
        return ""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%H:%M:%S")


def _plain(text: str) -> str:
    """Without rich reading brackets in it as styles."""
    return text.replace("[", r"\[")
