"""What a row of the table says: what was measured, against which target, and whether it was met."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``met`` is None when there is nothing to judge: not measured, or no target of its own."""

    row: str
    what: str
    target: str = ""
    measured: str
    ratio: str = ""
    met: bool | None = None
    note: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    """The raw figures, for results.json; their names end in their unit."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def not_measured(row: str, what: str, target: str, why: str) -> Outcome:
    return Outcome(row=row, what=what, target=target, measured="not measured", note=why)
