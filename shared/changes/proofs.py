"""The gates that a change passes by proofs: what the pipeline measured of its artefact, in a run that can be looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.changes.gates import Gate
from shared.changes.model import Change

Proved = Literal["smoke", "load_snapshot"]
TITLES: Final[Mapping[Proved, str]] = {"smoke": "smoke test", "load_snapshot": "load snapshot"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a step found of an artefact, as P09 judges it. ``figures`` are by name: milliseconds, shares, counts."""

    passed: bool
    why: str
    figures: Mapping[str, float] = field(default_factory=dict)


def proof_gates(change: Change) -> tuple[Gate, ...]:
    return tuple(_gate(change, step) for step in TITLES)


def _gate(change: Change, step: Proved) -> Gate:
    proof = change.proof(step)
    if proof is None:
        return Gate(name=step, open=False, why=f"The pipeline has reported no {TITLES[step]} of this artefact")
    made_by = "the demo" if change.plan.demo else proof.by
    return Gate(
        name=step, open=True, why=f"{proof.why} (run {proof.run.id} of {made_by})", run=proof.run.id, url=proof.run.url
    )
