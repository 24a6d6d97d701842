"""Decisions as JSON, and replay: the verdict of a stored decision, made again from its stored inputs."""

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from shared.kpi.counts import Counts
from shared.kpi.decision import AnyDecision, CountInputs, Decision, Inputs, decide, decide_count
from shared.kpi.measure import Measurement
from shared.kpi.objectives import BurnPair, CountObjective, Objective
from shared.kpi.timeline import MINUTE, Span
from shared.kpi.why import why

SCHEMA: Final = 2
# The first excluded whole slices only, and says how many.
_WHOLE_SLICES: Final = 1


class WrongRecord(ValueError):
    """A record that is no decision, or not one of this schema."""


def to_json(decision: AnyDecision) -> str:
    """Inputs and outcome. Fractions are exact ("999/1000"), durations are seconds, times are ISO 8601 in UTC."""
    kind = "share" if isinstance(decision, Decision) else "count"
    record = {"schema": SCHEMA, "id": decision.id, "kind": kind, "inputs": _plain(decision.inputs)}
    return json.dumps(record | {"outcome": outcome(decision)}, separators=(",", ":"), allow_nan=False)


def outcome(decision: AnyDecision) -> dict[str, Any]:
    """What was decided, exactly; a replay must give the same."""
    plain = {f.name: _plain(getattr(decision, f.name)) for f in fields(decision) if f.name != "inputs"}
    return plain | {"why": why(decision)}


def replay(record: str) -> AnyDecision:
    """Decide again from a record's inputs. Raises WrongRecord."""
    try:
        read = json.loads(record)
        if read["schema"] not in {SCHEMA, _WHOLE_SLICES}:
            raise WrongRecord(f"schema {read['schema']} is not {SCHEMA}")
        if read["kind"] == "count":
            return decide_count(_count_inputs(read["inputs"]))
        return decide(_inputs(read["inputs"] if read["schema"] == SCHEMA else _with_minutes(read["inputs"])))
    except (KeyError, TypeError, AttributeError) as error:
        raise WrongRecord(f"not a decision: {error!r}") from error


def replays(record: str) -> bool:
    """Whether a record's outcome is what its inputs give today."""
    return bool(json.loads(record)["outcome"] == outcome(replay(record)))


def _plain(value: object) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    return _plain_scalar(value)


def _plain_scalar(value: object) -> Any:
    match value:
        case Fraction():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return int(value.total_seconds())
    return value


def _inputs(plain: dict[str, Any]) -> Inputs:
    return Inputs(
        objective=_objective(plain["objective"]),
        at=datetime.fromisoformat(plain["at"]),
        window=_measurement(plain["window"]),
        budget=_measurement(plain["budget"]),
        burns={int(seconds): _measurement(part) for seconds, part in plain["burns"].items()},
    )


def _with_minutes(plain: dict[str, Any]) -> dict[str, Any]:
    """Inputs of the first schema as they would be written today."""
    minutes = timedelta(seconds=plain["objective"]["slice_length"]) // MINUTE

    def told(measured: dict[str, Any]) -> dict[str, Any]:
        return measured | {"excluded_minutes": measured["excluded_slices"] * minutes}

    burns = {seconds: told(part) for seconds, part in plain["burns"].items()}
    return plain | {"window": told(plain["window"]), "budget": told(plain["budget"]), "burns": burns}


def _count_inputs(plain: dict[str, Any]) -> CountInputs:
    return CountInputs(
        objective=CountObjective(**plain["objective"]),
        at=datetime.fromisoformat(plain["at"]),
        window=_span(plain["window"]),
        count=plain["count"],
    )


def _objective(plain: dict[str, Any]) -> Objective:
    read = {
        "target": Fraction(plain["target"]),
        "slice_length": timedelta(seconds=plain["slice_length"]),
        "silence": timedelta(seconds=plain["silence"]),
        "latency_bounds_ms": tuple(plain["latency_bounds_ms"]),
        "pairs": tuple(_pair(pair) for pair in plain["pairs"]),
    }
    return Objective(**(plain | read))


def _pair(plain: dict[str, Any]) -> BurnPair:
    read = {name: timedelta(seconds=plain[name]) for name in ("long", "short")}
    return BurnPair(**(plain | read | {"factor": Fraction(plain["factor"])}))


def _measurement(plain: dict[str, Any]) -> Measurement:
    read = {"span": _span(plain["span"]), "counts": _counts(plain["counts"]), "excluded": _counts(plain["excluded"])}
    return Measurement(**(plain | read))


def _counts(plain: dict[str, Any]) -> Counts:
    return Counts(**(plain | {"latencies": {int(bound): count for bound, count in plain["latencies"].items()}}))


def _span(plain: dict[str, Any]) -> Span:
    return Span(datetime.fromisoformat(plain["start"]), datetime.fromisoformat(plain["end"]))
