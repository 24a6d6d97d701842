"""What an evaluation costs when there is a long history: reading, deciding, writing; the network apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import perf_counter
from typing import Final

from bench.context import Context
from bench.figures import milliseconds, times
from bench.operations_table import OperationsTable
from bench.outcome import Outcome
from shared.calendar.store import CalendarStore
from shared.incidents.store import IncidentStore
from shared.kpi.counts import Counts, Slice
from shared.kpi.measure import roll_up, slice_of
from shared.kpi.run_evaluation import Ports, run_evaluation
from shared.kpi.store import KpiStore
from shared.kpi.timeline import MINUTE, Key
from shared.platform.aws.dynamodb import Table
from shared.platform.moments import stamp
from shared.runbook.load import the_runbook
from shared.together.maintenances import exclusions

TARGET: Final = 1.1
# Late in a month, a quarter and a day: the windows are as long as they get.
END: Final = datetime(2026, 12, 30, 21, 5, tzinfo=UTC)
SLICE: Final = the_runbook().slices.length
COUNTS: Final = slice_of(
    [Counts(requests=200, latencies={50: 180, 100: 12, 200: 6, 500: 2})] * (SLICE // MINUTE),
    the_runbook().slices.bad_above_percent / 100,
)


@dataclass
class History:
    """An evaluator with so many days behind it, which goes on slice by slice."""

    table: OperationsTable
    at: datetime = END

    def evaluate(self) -> float:
        """Seconds."""
        self.at += SLICE
        table = Table(self.table.answer, "bench")
        incidents = IncidentStore(table)
        ports = Ports(
            store=KpiStore(table),
            signals=Signals(),
            publish=lambda _at, _metrics: None,
            exclusions=partial(exclusions, CalendarStore(table)),
            incidents=lambda span: incidents.count_impacting(span.start, span.end),
        )
        begun = perf_counter()
        ran = run_evaluation(the_runbook(), ports, self.at)
        took = perf_counter() - begun
        if ran.outcome != "evaluated":
            raise RuntimeError(f"the evaluation was {ran.outcome}")
        return took


class Signals:
    def slices(self, starts: Sequence[datetime]) -> Mapping[datetime, Slice]:
        return dict.fromkeys(starts, COUNTS)


def measure(context: Context) -> Iterator[Outcome]:
    days, runs = context.size.days_of_history, context.size.evaluations
    short, long = _history(days=1), _history(days=days)
    took = [(short.evaluate(), long.evaluate()) for _ in range(runs)]  # in turns: what else the machine does hits both
    one, many = (median(seconds) for seconds in zip(*took, strict=True))
    yield Outcome(
        row="kpi_evaluation",
        what=f"KPI evaluation with {days} days of history",
        target=f"≤ {TARGET} x the time with 1 day",
        measured=milliseconds(many),
        ratio=times(many / one),
        met=many <= TARGET * one,
        note=f"1 day: {milliseconds(one)}; {long.table.items_read // runs} items read against "
        f"{short.table.items_read // runs}, in {sum(long.table.calls.values()) // runs} calls; table in memory",
        figures={"seconds": many, "seconds_with_1_day": one},
    )


def _history(*, days: int) -> History:
    table = OperationsTable()
    first = END - timedelta(days=days)
    slices = {first + n * SLICE: COUNTS for n in range(timedelta(days=days) // SLICE)}
    for key, counts in roll_up(slices, SLICE).items():
        table.put(_item(key, counts))
    history = History(table)
    history.evaluate()
    table.items_read = 0
    table.calls.clear()
    return history


def _item(key: Key, counts: Counts) -> dict[str, dict[str, str]]:
    plain = {
        "requests": counts.requests, "errors": counts.errors, "slices": counts.slices,
        "latencies": dict(counts.latencies),
    }  # fmt: skip
    item = {"pk": f"kpi-sum#{key.grain}", "sk": stamp(key.start), "counts": json.dumps(plain)}
    return {name: {"S": value} for name, value in item.items()}
