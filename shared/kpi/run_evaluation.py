"""One evaluation from signals to events. Whatever crashes when, and however often it runs: each change is told once.

Decisions, what was told and what is to be sent are written in one transaction; the outbox sends it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from aws_lambda_powertools.logging import Logger

from shared.events.event import Event
from shared.events.kpi import BudgetExhausted, KpiBreached, KpiDataMissing, KpiDataReturned, KpiRecovered
from shared.kpi.changes import Change, changes
from shared.kpi.counts import NOTHING, Counts, total
from shared.kpi.edge import Metric, published
from shared.kpi.evaluate import Evaluation, evaluate, excluded_days, excluded_in, needed, slices_to_read
from shared.kpi.exclusions import Exclusion
from shared.kpi.objectives import incidents_objective
from shared.kpi.show import evaluation_view
from shared.kpi.signals.port import Signals, SignalsUnavailable
from shared.kpi.store import Conclusion, KpiStore, State
from shared.kpi.timeline import Key, Span, ceiling, floor, looked_back, parts_of, roll_ups_of, window
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.moments import moment, stamp
from shared.runbook.model import Runbook

CATCH_UP: Final = timedelta(days=7)
SLICES_AT_ONCE: Final = 48  # with their hours and days, decisions and events they fit into one transaction
_TOLD: Final = {model.__name__: model for model in (KpiBreached, KpiRecovered, BudgetExhausted)}
_DATA_TOLD: Final = {model.__name__: model for model in (KpiDataMissing, KpiDataReturned)}
logger = Logger(child=True)


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What an evaluation talks to. ``publish`` raises ``AwsUnavailable`` or ``AwsRefused``.

    ``exclusions`` are the planned maintenances that overlap a span, ``incidents`` counts the customer-impacting ones that
    opened in it: None as long as nobody records any.
    """

    store: KpiStore
    signals: Signals
    publish: Callable[[datetime, Sequence[Metric]], None]
    exclusions: Callable[[Span], Sequence[Exclusion]]
    incidents: Callable[[Span], int | None]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """``repeated``: it was done before; ``overtaken``: somebody else has done it meanwhile; ``played``: `p09 day` asked for a
    time that is over. None of them changes anything. ``looked``: it judged a slice that is not over, which tells nothing."""

    outcome: Literal["evaluated", "repeated", "overtaken", "looked", "played"]
    at: datetime
    slices: int = 0
    changes: tuple[str, ...] = ()


def run_evaluation(runbook: Runbook, ports: Ports, now: datetime) -> Ran:
    """Evaluate as of the last slice that is over. Raises ``AwsUnavailable``, ``AwsRefused``."""
    at = floor(now, runbook.slices.length)
    state = ports.store.state()
    if state.standings.at is not None and at <= state.standings.at:
        return Ran(outcome="repeated", at=at)
    try:
        read, told = _evaluate(runbook, ports, state, now)
    except Overtaken:
        return Ran(outcome="overtaken", at=at)
    return Ran(outcome="evaluated", at=at, slices=read, changes=tuple(change.kind.value for change in told))


def look(runbook: Runbook, ports: Ports, now: datetime) -> Ran:
    """Judge as of now, with the slice that is not over: it is shown, and holds for gates, until the next evaluation.

    It tells and publishes nothing and stands in nobody's way: the evaluation of that slice comes when it is over.
    Raises ``AwsUnavailable``, ``AwsRefused``.
    """
    at, length = now.replace(microsecond=0), runbook.slices.length
    end = ceiling(at, length)
    measured, _ = _measured(runbook, ports.signals, ports.store.state(), end)
    exclusions = ports.exclusions(looked_back(at))
    history, _ = _read(runbook, ports.store, needed(runbook, end, exclusions), measured, exclusions)
    incidents = ports.incidents(window(incidents_objective(runbook).window, end))
    evaluation = evaluate(runbook, history, end, exclusions=exclusions, incidents=incidents, as_of=at)
    ports.store.show(at, evaluation.every, evaluation_view(runbook, evaluation))
    return Ran(outcome="looked", at=at, slices=len(measured))


def _evaluate(runbook: Runbook, ports: Ports, state: State, now: datetime) -> tuple[int, tuple[Change, ...]]:
    length = runbook.slices.length
    at = floor(now, length)
    measured, read_until = _measured(runbook, ports.signals, state, now)
    exclusions = ports.exclusions(looked_back(at))
    *earlier, last = list(_chunks(sorted(measured), SLICES_AT_ONCE)) or [[]]
    for chunk in earlier:
        _, sums = _read(runbook, ports.store, (), {start: measured[start] for start in chunk}, exclusions)
        state = ports.store.write_sums(state, sums, max(chunk) + length)
    wanted = needed(runbook, now, exclusions)
    history, sums = _read(runbook, ports.store, wanted, {start: measured[start] for start in last}, exclusions)
    incidents = ports.incidents(window(incidents_objective(runbook).window, at))
    evaluation = evaluate(runbook, history, now, exclusions=exclusions, incidents=incidents)
    standings, told = changes(state.standings, evaluation)
    _publish(ports, evaluation)
    conclusion = Conclusion(
        at=at,
        standings=standings,
        decisions=evaluation.every,
        events=[_event(runbook, change) for change in told],
        view=evaluation_view(runbook, evaluation) if _is_newest(ports.store, at) else None,
    )
    ports.store.conclude(state, sums, read_until, conclusion)
    return len(measured), told


def _is_newest(store: KpiStore, at: datetime) -> bool:
    """Somebody may have looked since the slice ended; that stays on view until the next one ends."""
    shown = store.latest()
    return shown is None or shown["evaluated_at"] is None or moment(shown["evaluated_at"]) <= at


def _measured(
    runbook: Runbook, signals: Signals, state: State, now: datetime
) -> tuple[Mapping[datetime, Counts], datetime]:
    """The last few slices, for metrics arrive late, and those that no evaluation has read, after an outage of ours.

    Also until when slices have been read now.
    """
    length = runbook.slices.length
    at = floor(now, length)
    starts = list(slices_to_read(runbook, now))
    if state.read_until is not None:
        first = max(state.read_until - runbook.slices.reread * length, at - CATCH_UP)
        while starts[0] > first:
            starts.insert(0, starts[0] - length)
    try:
        return signals.slices(starts), at
    except SignalsUnavailable:
        # What is stored still judges; silence is told by itself, and the slices are read when the signals are back.
        logger.exception("the signals are unavailable")
        return {}, state.read_until or at


def _read(
    runbook: Runbook,
    store: KpiStore,
    wanted: Iterable[Key],
    fresh: Mapping[datetime, Counts],
    exclusions: Sequence[Exclusion],
) -> tuple[dict[Key, Counts], dict[Key, Counts]]:
    """The history with the fresh slices in it, and those of its sums that are not stored so."""
    length = runbook.slices.length
    hours, days = roll_ups_of(fresh)
    parts = {part for key in (*hours, *days) for part in parts_of(key, length)}
    slices = {Key("slice", start): counts for start, counts in fresh.items()}
    left_out = excluded_days(runbook, days, exclusions)
    of_left_out = {key for keys in left_out.values() for key in keys}
    stored = store.history({*wanted, *parts, *slices, *hours, *days, *left_out, *of_left_out})
    history = stored | slices
    for key in (*hours, *days):
        history[key] = total(history.get(part, NOTHING) for part in parts_of(key, length))
    for key in left_out:
        history[key] = excluded_in(runbook, history, key, exclusions)
    return history, {key: counts for key, counts in history.items() if stored.get(key) != counts}


def _chunks(starts: Sequence[datetime], size: int) -> Iterator[Sequence[datetime]]:
    for begin in range(0, len(starts), size):
        yield starts[begin : begin + size]


def _publish(ports: Ports, evaluation: Evaluation) -> None:
    """Before the transaction, so that a crash after it leaves no gap: the same points published twice are the same."""
    try:
        ports.publish(evaluation.at, published(evaluation))
    except (AwsUnavailable, AwsRefused):
        logger.exception("the results were not published as metrics")  # an alarm waits for them


def _event(runbook: Runbook, change: Change) -> Event:
    kind, at = change.kind.value, stamp(change.at)
    identifier = f"{kind}-{change.kpi or 'all'}-{change.at:%Y%m%dT%H%M%SZ}"
    if change.kpi is None or change.decision is None:
        return _DATA_TOLD[kind](id=identifier, severity=runbook.alerts.no_data.severity, at=at, why=change.why)
    kpi = runbook.kpis.by_id()[change.kpi]
    return _TOLD[kind](
        id=identifier, kpi=change.kpi, title=kpi.title, severity=kpi.severity,
        decision=change.decision, at=at, why=change.why,
    )  # fmt: skip
