"""`make bench`: measure, compare, print. A figure never makes it fail; what can't be measured says why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.client import HTTPException
from subprocess import SubprocessError
from typing import Annotated, Final

import typer
from pg8000.exceptions import DatabaseError
from rich.console import Console

from bench.bundle import MeasuringFailed, NotInstalled
from bench.context import Context
from bench.outcome import Outcome, not_measured
from bench.peers import Peer
from bench.report import Report
from bench.rows import cold_start, drain, freshness, handler_cost, ingest_http, kpi_evaluation, make_run, memory, warm
from bench.runtime_api import FunctionFailed
from bench.size import Size
from local.api import Refused
from local.state import ROOT, LocalError
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import ValkeyUnavailable

FOLDER: Final = ROOT / ".local" / "bench"  # beside what `make run` keeps: the same disk


@dataclass(frozen=True)
class Row:
    what: str
    measure: Callable[[Context], Iterator[Outcome]]
    needs_servers: bool = True


WIDTH_IN_FILES: Final = 120
ROWS: Final = {
    "handler_cost": Row("what a batch of 100 costs the handler", handler_cost.measure),
    "ingest_single": Row("ingest over HTTP, one event per request", ingest_http.measure_single),
    "ingest_batch": Row("ingest over HTTP, batches of 100", ingest_http.measure_batch),
    "drain": Row("drain against plain COPY", drain.measure),
    "freshness": Row("event sent to visible in a query", freshness.measure),
    "cold_start": Row("cold starts under AWS' runtime client", cold_start.measure),
    "warm": Row("warm overhead per request", warm.measure),
    "kpi_evaluation": Row("KPI evaluation with a long history", kpi_evaluation.measure, needs_servers=False),
    "memory": Row("memory of warm environments", memory.measure),
    "make_run": Row("make run to the first accepted event", make_run.measure, needs_servers=False),
}
_LIST: Final = "\n\n".join(f"{name}: {row.what}" for name, row in ROWS.items())
# What may go wrong with one row and must not keep the others from being measured.
_FAILURES: Final = (
    MeasuringFailed,
    FunctionFailed,
    LocalError,
    Refused,
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
    umami: Annotated[
        str, typer.Option(help="Where an Umami listens on this machine: it is measured beside ours.")
    ] = "",
    umami_site: Annotated[str, typer.Option(help="That Umami's website id.")] = "",
) -> None:
    """Measure P09 against its targets; figures also go to bench/results.json."""
    chosen = rows or list(ROWS)
    if unknown := sorted(set(chosen) - set(ROWS)):
        raise typer.BadParameter(f"{', '.join(unknown)}: the rows are {', '.join(ROWS)}")
    size = replace(Size(), seconds=seconds, cold_starts=runs)
    peer = Peer(base_url=umami, site=umami_site) if umami else None
    console = Console()
    report = Report(console if console.is_terminal else Console(width=WIDTH_IN_FILES))
    try:
        with Context(FOLDER, size=size, umami=peer) as context:
            if any(ROWS[name].needs_servers for name in chosen):
                context.start_servers()
            report.head()
            for name in chosen:
                for outcome in measured(name, context):
                    report.add(outcome)
    except (LocalError, NotInstalled) as error:
        typer.echo(f"bench: {error}", err=True)
        raise typer.Exit(1) from error
    finally:
        report.close()


def measured(name: str, context: Context) -> Iterator[Outcome]:
    """The outcomes of a row; the last one says so if something went wrong."""
    try:
        yield from ROWS[name].measure(context)
    except _FAILURES as error:
        yield not_measured(name, ROWS[name].what, f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    typer.run(main)
