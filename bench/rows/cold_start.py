"""From starting the process to the first answer, under AWS' own runtime client; stacks take turns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

from bench import environment
from bench.context import Context
from bench.figures import milliseconds, times
from bench.function_process import Function, started
from bench.http_event import http_event
from bench.outcome import Outcome
from bench.runtime_api import FunctionFailed
from bench.servers import Site
from bench.shapes import SHAPES, bodies
from bench.traffic import page_views

BARE: Final = "bare"
FASTAPI: Final = "FastAPI + Mangum"
USUAL: Final = "usual stack"
API: Final = "api, /health"
FIRST_EVENTS: Final = "api, first POST /v1/events"
TASK: Final = "ingest_worker"
EVALUATION: Final = "kpi_evaluation"
API_TO_USUAL: Final = 0.5
API_TO_FASTAPI: Final = 1.3
TASK_TO_USUAL: Final = 0.3


@dataclass(frozen=True)
class Start:
    """A function and the event that wakes it; ``is_right`` says whether its answer was the expected one."""

    function: Function
    event: dict[str, Any]
    is_right: Callable[[Any], bool]


@dataclass(frozen=True)
class Took:
    """Time that passed, which is judged, and processor time, which other work on the machine can't lengthen."""

    seconds: float
    processor_seconds: float

    def __truediv__(self, other: "Took") -> "Took":
        return Took(self.seconds / other.seconds, self.processor_seconds / other.processor_seconds)


def measure(context: Context) -> Iterator[Outcome]:
    starts = _starts(context)
    took: dict[str, list[Took]] = {name: [] for name in starts}
    for _ in range(context.runs):
        for name, start in starts.items():
            took[name].append(_cold_start(start))
    yield from _outcomes({name: _median(found) for name, found in took.items()}, context.runs)


def _starts(context: Context) -> dict[str, Start]:
    servers = context.servers
    health = http_event("GET", "/health")
    site = servers.add_site()
    api = Function("api", "functions.api.handler.handler", environment.of_api(servers))
    worker = Function("ingest_worker", "functions.ingest_worker.handler.handler", environment.of_ingest_worker(servers))
    evaluation = Function(
        "kpi_evaluation", "functions.kpi_evaluation.handler.handler", environment.of_kpi_evaluation(servers)
    )
    starts = {
        name: Start(
            Function(name, f"inside.{module}.handler", {"AWS_REGION": "us-east-1"}),
            health,
            _has_status(200),
        )
        for name, module in ((BARE, "bare"), (FASTAPI, "fastapi_mangum"), (USUAL, "usual_stack"))
    }
    return starts | {
        API: Start(api, health, _has_status(200)),
        FIRST_EVENTS: Start(api, _events(site), _has_status(202)),
        TASK: Start(worker, {}, lambda answer: "finished" in answer),
        EVALUATION: Start(evaluation, {}, lambda answer: answer.get("outcome") in {"evaluated", "repeated"}),
    }


def _events(site: Site) -> dict[str, Any]:
    views = list(page_views(100, end=datetime.now(UTC), span=timedelta(minutes=1)))
    return http_event("POST", "/v1/events", body=next(bodies(SHAPES["p09-batch"], views, "")), token=site.write_key)


def _has_status(status: int) -> Callable[[Any], bool]:
    return lambda answer: bool(answer.get("statusCode") == status)


def _cold_start(start: Start) -> Took:
    with started(start.function) as running:
        at, answer = running.invoke(start.event)
        took = Took(at - running.begun, running.processor_seconds())
    if not start.is_right(answer):
        raise FunctionFailed(f"{start.function.name} answered {str(answer)[:500]}")
    return took


def _median(found: Sequence[Took]) -> Took:
    return Took(median(one.seconds for one in found), median(one.processor_seconds for one in found))


def _outcomes(found: Mapping[str, Took], runs: int) -> Iterator[Outcome]:
    for name in (BARE, FASTAPI, USUAL):
        yield Outcome(
            row="cold_start",
            what=f"cold start: {name}",
            measured=milliseconds(found[name].seconds),
            note=f"to compare with; median of {runs}; {milliseconds(found[name].processor_seconds)} of processor",
            figures=asdict(found[name]),
        )
    yield _against(API, {USUAL: API_TO_USUAL, FASTAPI: API_TO_FASTAPI}, found, "")
    what = "durable in Valkey, key checked in PostgreSQL; the usual stack answers /health only"
    yield _against(FIRST_EVENTS, {USUAL: API_TO_USUAL}, found, what)
    yield _against(TASK, {USUAL: TASK_TO_USUAL}, found, "secrets, Valkey, PostgreSQL, an empty stream")
    yield _against(EVALUATION, {USUAL: TASK_TO_USUAL}, found, "the runbook read, an evaluation without history")


def _against(name: str, limits: Mapping[str, float], found: Mapping[str, Took], note: str) -> Outcome:
    ratios = {other: found[name] / found[other] for other in limits}
    processor = ", ".join(times(ratio.processor_seconds) for ratio in ratios.values())
    return Outcome(
        row="cold_start",
        what=f"cold start: {name}",
        target=", ".join(f"≤ {limit:g} x {other}" for other, limit in limits.items()),
        measured=milliseconds(found[name].seconds),
        ratio=", ".join(times(ratio.seconds) for ratio in ratios.values()),
        met=all(ratios[other].seconds <= limit for other, limit in limits.items()),
        note=f"{note + '; ' if note else ''}by processor time {processor}",
        figures=asdict(found[name]) | {f"ratio to {other}": ratio.seconds for other, ratio in ratios.items()},
    )
