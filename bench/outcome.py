"""What a row of the table says: what was measured, against which target, and whether it was met."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

NOT_MEASURED: Final = "not measured"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``met`` is None when there is nothing to judge: not measured, or no target of its own.

    ``ratio`` divides figures of one run. ``problem`` says why there is no figure, or why it means nothing.
    """

    row: str
    what: str
    target: str = ""
    measured: str
    ratio: str = ""
    met: bool | None = None
    note: str = ""
    problem: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    """The raw figures, for results.json; their names end in their unit."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def not_measured(row: str, what: str, why: str) -> Outcome:
    return Outcome(row=row, what=what, measured=NOT_MEASURED, problem=why)
