"""`make bench`: measure, compare, print. A figure never makes it fail; what can't be measured says why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from subprocess import SubprocessError
from typing import Annotated, Final

import typer
from pg8000.exceptions import DatabaseError
from rich.console import Console

from bench.bundle import MeasuringFailed, NotInstalled
from bench.context import Context
from bench.outcome import Outcome, not_measured
from bench.report import Report
from bench.rows import cold_start, drain, freshness, handler_cost, ingest_http, kpi_evaluation, make_run, memory, warm
from bench.runtime_api import FunctionFailed
from local.state import LocalError
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import ValkeyUnavailable


@dataclass(frozen=True)
class Row:
    what: str
    measure: Callable[[Context], Iterator[Outcome]]
    needs_servers: bool = True


WIDTH_IN_FILES: Final = 120
ROWS: Final = {
    "ingest_single": Row("ingest over HTTP, one event per request", ingest_http.measure_single),
    "ingest_batch": Row("ingest over HTTP, batches of 100", ingest_http.measure_batch),
    "handler_cost": Row("what a batch of 100 costs the handler", handler_cost.measure),
    "drain": Row("drain against plain COPY", drain.measure),
    "freshness": Row("event sent to visible in a query", freshness.measure),
    "cold_start": Row("cold starts under AWS' runtime client", cold_start.measure),
    "warm": Row("warm overhead per request", warm.measure),
    "kpi_evaluation": Row("KPI evaluation with a long history", kpi_evaluation.measure, needs_servers=False),
    "memory": Row("memory of a warm API environment", memory.measure),
    "make_run": Row("make run to the first accepted event", make_run.measure, needs_servers=False),
}
_LIST: Final = "\n\n".join(f"{name}: {row.what}" for name, row in ROWS.items())
# What may go wrong with one row and must not keep the others from being measured.
_FAILURES: Final = (
    MeasuringFailed,
    FunctionFailed,
    PostgresUnavailable,
    ValkeyUnavailable,
    DatabaseError,
    HTTPException,
    OSError,
    SubprocessError,
)


def main(
    rows: Annotated[list[str] | None, typer.Argument(help=f"Only these rows. {_LIST}")] = None,
    *,
    seconds: Annotated[float, typer.Option(min=1, max=120, help="For each HTTP row.")] = 10,
    runs: Annotated[int, typer.Option(min=1, max=50, help="For each cold start.")] = 9,
) -> None:
    """Measure P09 against its targets; figures also go to bench/results.json."""
    chosen = rows or list(ROWS)
    if unknown := sorted(set(chosen) - set(ROWS)):
        raise typer.BadParameter(f"{', '.join(unknown)}: the rows are {', '.join(ROWS)}")
    console = Console()
    report = Report(console if console.is_terminal else Console(width=WIDTH_IN_FILES))
    try:
        with Context(seconds=seconds, runs=runs) as context:
            if any(ROWS[name].needs_servers for name in chosen):
                context.start_servers()
            report.head()
            for name in chosen:
                _measure(name, context, report)
    except (LocalError, NotInstalled) as error:
        typer.echo(f"bench: {error}", err=True)
        raise typer.Exit(1) from error
    finally:
        report.close()


def _measure(name: str, context: Context, report: Report) -> None:
    try:
        for outcome in ROWS[name].measure(context):
            report.add(outcome)
    except _FAILURES as error:
        report.add(not_measured(name, ROWS[name].what, "", f"FAILED: {error}"))


if __name__ == "__main__":
    typer.run(main)
