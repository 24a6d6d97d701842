"""KPIs in the operations table: sums, decisions, what was told.

An evaluation is one transaction, conditional on the version of the state that it began with: repeated, concurrent or
cut short, it has happened once or not at all.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from shared.events.event import Event
from shared.kpi.changes import Standings
from shared.kpi.counts import NOTHING, Counts, Slice, without
from shared.kpi.decision import AnyDecision
from shared.kpi.record import to_json
from shared.kpi.standings import from_text, to_text
from shared.kpi.timeline import Key
from shared.kpi.view import EvaluationView
from shared.platform.aws.dynamodb import Put, Table, Value, Write
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

KEPT: Final = timedelta(days=400)  # slices, hours and decisions; days stay for good
_KPI: Final = "kpi"
_LAST: Final = "9999"  # behind every time
_STATE: Final = "state"
_LATEST: Final = "latest"
_CHANGE: Final = "kpi-change"


@dataclass(frozen=True, kw_only=True)
class State:
    """``read_until`` is the end of the last slice that was asked for."""

    version: int | None = None
    standings: Standings = field(default_factory=Standings)
    read_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What an evaluation writes beside its sums. ``events`` have ids, which their changes and the outbox go by; ``view`` is
    None while something newer is shown."""

    at: datetime
    standings: Standings
    decisions: Sequence[AnyDecision]
    events: Sequence[Event]
    view: EvaluationView | None


@dataclass(frozen=True, kw_only=True)
class StoredDecision:
    at: datetime
    record: str
    changes: tuple[str, ...]


class KpiStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def state(self) -> State:
        item = self._table.get(_KPI, _STATE)
        if item is None:
            return State()
        return State(
            version=int(item["version"]),
            standings=from_text(str(item["standings"])),
            read_until=moment(str(item["read_until"])),
        )

    def history(self, keys: Iterable[Key]) -> dict[Key, Counts]:
        """Those of the sums that exist."""
        names = {(_sum_of(key), stamp(key.start)): key for key in keys}
        found = self._table.get_many(names)
        return {names[name]: _counts(str(item["counts"])) for name, item in found.items()}

    def write_sums(self, before: State, sums: Mapping[Key, Counts], read_until: datetime) -> State:
        """Catch up with slices alone. Raises ``Overtaken``."""
        return self._write(before, before.standings, read_until, map(_sum, sums.items()))

    def conclude(
        self, before: State, sums: Mapping[Key, Counts], read_until: datetime, conclusion: Conclusion
    ) -> State:
        """Write an evaluation whole. Raises ``Overtaken``, and then has written nothing."""
        writes = [*map(_sum, sums.items()), *_conclusion(conclusion)]
        return self._write(before, conclusion.standings, read_until, writes)

    def show(self, at: datetime, decisions: Sequence[AnyDecision], view: EvaluationView) -> None:
        """What was seen between two evaluations, which it leaves alone."""
        self._table.write([*(_decision_put(one, at, ()) for one in decisions), _latest(at, view)])

    def counted_days(self, since: datetime) -> dict[datetime, Counts]:
        """The sums of all days from a moment on, without what maintenances excluded."""
        excluded = self._days(Key("excluded", since))
        return {
            start: without(counts, excluded.get(start, NOTHING))
            for start, counts in self._days(Key("day", since)).items()
        }

    def _days(self, since: Key) -> dict[datetime, Counts]:
        items = self._table.query(_sum_of(since), between=(stamp(since.start), _LAST))
        return {moment(str(item["sk"])): _counts(str(item["counts"])) for item in items}

    def latest(self) -> EvaluationView | None:
        """What the last evaluation shows."""
        item = self._table.get(_KPI, _LATEST)
        found: EvaluationView | None = json.loads(str(item["view"])) if item else None
        for kpi in found["kpis"] if found else ():
            kpi.setdefault("excluded_minutes", 0)  # written by the release before
        return found

    def decisions(self, kpi: str, *, before: datetime | None, limit: int) -> list[StoredDecision]:
        """Newest first, those before a moment."""
        items = self._table.query(
            _decisions_of(kpi), before=stamp(before) if before else None, newest_first=True, limit=limit
        )
        return [_decision(item) for item in items]

    def decision(self, kpi: str, at: datetime) -> StoredDecision | None:
        item = self._table.get(_decisions_of(kpi), stamp(at))
        return _decision(item) if item else None

    def _write(self, before: State, standings: Standings, read_until: datetime, writes: Iterable[Write]) -> State:
        after = State(version=(before.version or 0) + 1, standings=standings, read_until=read_until)
        item: dict[str, Value] = {
            "pk": _KPI, "sk": _STATE, "version": after.version or 1,
            "standings": to_text(standings), "read_until": stamp(read_until),
        }  # fmt: skip
        self._table.write([Put(item=item, expect={"version": before.version}), *writes])
        return after


def _conclusion(conclusion: Conclusion) -> Iterable[Write]:
    for decision in conclusion.decisions:
        yield _decision_put(decision, conclusion.at, conclusion.events)
    for event in conclusion.events:
        told = {"id": event.detail["id"], "detail_type": event.detail_type, "detail": json.dumps(event.detail)}
        yield Put(item={"pk": _CHANGE, "sk": _change_of(event), **told})
        yield leave(event)
    if conclusion.view is not None:
        yield _latest(conclusion.at, conclusion.view)


def _latest(at: datetime, view: EvaluationView) -> Put:
    return Put(item={"pk": _KPI, "sk": _LATEST, "at": stamp(at), "view": json.dumps(view, allow_nan=False)})


def _decision_put(decision: AnyDecision, at: datetime, events: Sequence[Event]) -> Put:
    kpi = decision.inputs.objective.id
    changes = [event.detail_type for event in events if event.detail.get("decision") == decision.id]
    return Put(
        item={
            "pk": _decisions_of(kpi), "sk": stamp(at), "id": decision.id, "verdict": decision.verdict.value,
            "record": to_json(decision), "changes": json.dumps(changes), "expires_at": _expiry(at),
        }
    )  # fmt: skip


def _decision(item: Mapping[str, Value]) -> StoredDecision:
    changes = tuple(json.loads(str(item["changes"])))
    return StoredDecision(at=moment(str(item["sk"])), record=str(item["record"]), changes=changes)


def _sum(stored: tuple[Key, Counts]) -> Put:
    key, counts = stored
    plain = _without_zeros(asdict(counts))
    item: dict[str, Value] = {"pk": _sum_of(key), "sk": stamp(key.start), "counts": json.dumps(plain)}
    return Put(item=item if key.grain in {"day", "excluded"} else item | {"expires_at": _expiry(key.start)})


def _without_zeros(counts: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in counts.items() if value}
    return plain | ({"minutes": [_without_zeros(one) for one in plain["minutes"]]} if "minutes" in plain else {})


@lru_cache(maxsize=512)  # the past does not change: an environment reads each of its sums once
def _counts(text: str) -> Counts:
    plain = json.loads(text)
    minutes = tuple(map(_read_counts, plain.pop("minutes", ())))
    found = _read_counts(plain)
    return Slice(**vars(found), minutes=minutes) if minutes else found


def _read_counts(plain: dict[str, Any]) -> Counts:
    latencies = {int(bound): count for bound, count in plain.pop("latencies", {}).items()}
    return Counts(latencies=latencies, **plain)


def _sum_of(key: Key) -> str:
    return f"kpi-sum#{key.grain}"


def _decisions_of(kpi: str) -> str:
    return f"kpi-decision#{kpi}"


def _change_of(event: Event) -> str:
    detail = event.detail
    return f"{detail['at']}#{event.detail_type}#{detail.get('kpi', 'all')}"


def _expiry(at: datetime) -> int:
    return int((at + KEPT).timestamp())
