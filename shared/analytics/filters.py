"""``filters``: each compares one dimension with a list of values; all of them must hold."""

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from shared.analytics.dimensions import DIMENSIONS, Dimension
from shared.analytics.refusal import not_yet, quoted, wrong

Operator = Literal["is", "is_not", "contains", "contains_not"]
OPERATORS: Final[tuple[str, ...]] = get_args(Operator)
MAX_CLAUSES: Final = 100
MAX_CLAUSE_LENGTH: Final = 2048
_OPERATORS_TO_COME: Final = {
    "matches", "matches_not", "matches_wildcard", "matches_wildcard_not", "and", "or", "not", "has_done", "has_not_done",
}  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """What is, or contains (case matters), one of the clauses; the operators with ``_not`` take everything else."""

    dimension: Dimension
    operator: Operator
    clauses: tuple[str, ...]

    def echo(self) -> list[object]:
        return [self.operator, self.dimension.name, list(self.clauses)]


def parse_filter(value: object) -> Filter:
    """Read one filter, such as ``["is", "event:page", ["/pricing"]]``. Raises pydantic's custom error."""
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise wrong('must be a list such as ["is", "event:page", ["/pricing"]]')
    operator, *rest = value
    if operator not in OPERATORS:
        instead = f"use one of {', '.join(OPERATORS)}"
        if operator in _OPERATORS_TO_COME:
            raise not_yet(f"the operator {operator}", instead)
        raise wrong(f"{quoted(operator)} is not an operator: {instead}")
    dimension = _dimension(rest[0] if rest else None)
    if len(rest) > 2:  # noqa: PLR2004 -- dimension and clauses
        raise not_yet("a filter's fourth element (modifiers)", "leave it out")
    return Filter(dimension, cast("Operator", operator), _clauses(rest[1:]))


def _dimension(name: object) -> Dimension:
    if isinstance(name, str) and name in DIMENSIONS:
        return DIMENSIONS[name]
    raise wrong(f"the second element must be one of {', '.join(DIMENSIONS)}, not {quoted(name)}")


def _clauses(rest: list[object]) -> tuple[str, ...]:
    clauses = rest[0] if rest else None
    if not isinstance(clauses, list) or not 1 <= len(clauses) <= MAX_CLAUSES:
        raise wrong(f"the third element must be a list of 1 to {MAX_CLAUSES} values")
    values = tuple(value for value in clauses if isinstance(value, str) and _storable(value))
    if len(values) < len(clauses):
        refused = next(value for value in clauses if value not in values)
        raise wrong(
            f"{quoted(refused)} can't be filtered by: values are text of 1 to {MAX_CLAUSE_LENGTH} characters "
            "without control characters"
        )
    return values


def _storable(value: str) -> bool:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair; such a value could never match."""
    return 0 < len(value) <= MAX_CLAUSE_LENGTH and not any(
        character < " " or "\ud800" <= character <= "\udfff" for character in value
    )
