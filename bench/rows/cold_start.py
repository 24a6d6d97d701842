"""From starting the process to the first answer, under AWS' own runtime client; stacks take turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from bench.benched import API, COLLECT, EVALUATION, QUERY, WORKER
from bench.context import Context
from bench.figures import milliseconds, times
from bench.function_process import Function, ours, started
from bench.outcome import Outcome
from bench.requests import HEALTH, batches, query
from bench.runtime_api import FunctionFailed
from bench.servers import Servers, Site

BARE: Final = "bare"
FASTAPI: Final = "FastAPI + Mangum"
USUAL: Final = "usual stack"
OTHERS: Final = {BARE: "bare", FASTAPI: "fastapi_mangum", USUAL: "usual_stack"}
"""What ours is compared with: modules of ``inside``."""

Event = dict[str, Any]
IsRight = Callable[[Any], bool]


def _has_status(status: int) -> IsRight:
    return lambda answer: bool(answer.get("statusCode") == status)


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A function of ours, the event that wakes it, whether its answer is the expected one, and its targets.

    ``at_most`` says how much of another stack's time it may take.
    """

    function: str
    what: str
    event: Callable[[Site], Event]
    is_right: IsRight
    at_most: Mapping[str, float]
    note: str = ""

    @property
    def name(self) -> str:
        return f"{self.function}, {self.what}"


OURS: Final = (
    Ours(
        function=COLLECT,
        what="first POST /v1/events",
        event=lambda site: next(batches(site.write_key, 1)),
        is_right=_has_status(202),
        at_most={FASTAPI: 1.3, USUAL: 0.42},
        note="durable in Valkey, key checked in PostgreSQL; the others answer /health only",
    ),
    Ours(
        function=API,
        what="/health",
        event=lambda _site: HEALTH,
        is_right=_has_status(200),
        at_most={USUAL: 0.5},
    ),
    Ours(
        function=QUERY,
        what="first answer over a day",
        event=lambda site: query(site, 1),
        is_right=_has_status(200),
        at_most={USUAL: 0.9},
        note="of a site without events; the usual stack answers /health only",
    ),
    Ours(
        function=WORKER,
        what="an empty stream",
        event=lambda _site: {},
        is_right=lambda answer: "finished" in answer,
        at_most={USUAL: 0.25},
        note="secrets, Valkey, PostgreSQL",
    ),
    Ours(
        function=EVALUATION,
        what="an evaluation without history",
        event=lambda _site: {},
        is_right=lambda answer: answer.get("outcome") in {"evaluated", "repeated"},
        at_most={USUAL: 0.25},
        note="the runbook read",
    ),
)


@dataclass(frozen=True)
class Start:
    """A function, the event that wakes it, and whether its answer is the expected one."""

    function: Function
    event: Event
    is_right: IsRight


@dataclass(frozen=True)
class Took:
    """Time that passed, which is judged, and processor time, which other work on the machine can't lengthen."""

    seconds: float
    processor_seconds: float

    def __truediv__(self, other: "Took") -> "Took":
        return Took(self.seconds / other.seconds, self.processor_seconds / other.processor_seconds)


def measure(context: Context) -> Iterator[Outcome]:
    starts = _starts(context.servers)
    runs = context.size.cold_starts
    took: dict[str, list[Took]] = {name: [] for name in starts}
    for _ in range(runs):
        for name, start in starts.items():
            took[name].append(_cold_start(start))
    found = {name: _median(several) for name, several in took.items()}
    for name in OTHERS:
        yield _other(name, found[name], runs)
    for row in OURS:
        yield _against(row, found[row.name], {name: found[name] for name in row.at_most})


def _starts(servers: Servers) -> dict[str, Start]:
    site = servers.add_site()
    others = {
        name: Start(Function(name, f"inside.{module}.handler", {"AWS_REGION": "us-east-1"}), HEALTH, _has_status(200))
        for name, module in OTHERS.items()
    }
    return others | {row.name: Start(ours(row.function, servers), row.event(site), row.is_right) for row in OURS}


def _cold_start(start: Start) -> Took:
    with started(start.function) as running:
        at, answer = running.invoke(start.event)
        took = Took(at - running.begun, running.processor_seconds())
    if not start.is_right(answer):
        raise FunctionFailed(f"{start.function.name} answered {str(answer)[:500]}")
    return took


def _median(found: Sequence[Took]) -> Took:
    return Took(median(one.seconds for one in found), median(one.processor_seconds for one in found))


def _other(name: str, took: Took, runs: int) -> Outcome:
    return Outcome(
        row="cold_start",
        what=f"cold start: {name}",
        measured=milliseconds(took.seconds),
        note=f"to compare with; median of {runs}; {milliseconds(took.processor_seconds)} of processor",
        figures=asdict(took),
    )


def _against(row: Ours, took: Took, others: Mapping[str, Took]) -> Outcome:
    ratios = {name: took / other for name, other in others.items()}
    processor = ", ".join(times(ratio.processor_seconds) for ratio in ratios.values())
    return Outcome(
        row="cold_start",
        what=f"cold start: {row.name}",
        target=", ".join(f"≤ {limit:g} x {name}" for name, limit in row.at_most.items()),
        measured=milliseconds(took.seconds),
        ratio=", ".join(times(ratio.seconds) for ratio in ratios.values()),
        met=all(ratios[name].seconds <= limit for name, limit in row.at_most.items()),
        note=f"{row.note + '; ' if row.note else ''}by processor time {processor}",
        figures=asdict(took) | {f"ratio to {name}": ratio.seconds for name, ratio in ratios.items()},
    )
