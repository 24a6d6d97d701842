"""``filters``: so far ``is`` and ``contains`` on ``event:page``, all of which must hold."""

from dataclasses import dataclass
from typing import Final, Literal

from shared.analytics.refusal import not_yet, wrong

MAX_CLAUSES: Final = 100
MAX_CLAUSE_LENGTH: Final = 2048
_OPERATORS: Final = ("is", "contains")
_OPERATORS_TO_COME: Final = {
    "is_not", "contains_not", "matches", "matches_not", "matches_wildcard", "matches_wildcard_not",
    "and", "or", "not", "has_done", "has_not_done",
}  # fmt: skip


@dataclass(frozen=True)
class PageFilter:
    """Events on a page that is, or contains (case matters), one of the clauses."""

    operator: Literal["is", "contains"]
    clauses: tuple[str, ...]

    def echo(self) -> list[object]:
        return [self.operator, "event:page", list(self.clauses)]


def parse_filter(value: object) -> PageFilter:
    """Read one filter, such as ``["is", "event:page", ["/pricing"]]``. Raises pydantic's custom error."""
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        raise wrong('must be a list such as ["is", "event:page", ["/pricing"]]')
    operator, *rest = value
    if operator in _OPERATORS_TO_COME:
        raise not_yet(f"the operator {operator}")
    if operator not in _OPERATORS:
        raise wrong(f"the operator must be one of {', '.join(_OPERATORS)}")
    if not rest or not isinstance(rest[0], str):
        raise wrong("the second element must be a dimension: event:page")
    if rest[0] != "event:page":
        raise not_yet(f"a filter on {rest[0][:100]}")
    if len(rest) > 2:  # noqa: PLR2004 -- dimension and clauses
        raise not_yet("a filter's fourth element (modifiers)")
    return PageFilter("is" if operator == "is" else "contains", _clauses(rest[1:]))


def _clauses(rest: list[object]) -> tuple[str, ...]:
    clauses = rest[0] if rest else None
    if not isinstance(clauses, list) or not 1 <= len(clauses) <= MAX_CLAUSES:
        raise wrong(f"the third element must be a list of 1 to {MAX_CLAUSES} pages")
    pages = tuple(page for page in clauses if isinstance(page, str) and _storable(page))
    if len(pages) < len(clauses):
        raise wrong(f"pages must be text of 1 to {MAX_CLAUSE_LENGTH} characters without control characters")
    return pages


def _storable(page: str) -> bool:
    """PostgreSQL's text holds neither NUL nor half a surrogate pair; such a page could never match."""
    return 0 < len(page) <= MAX_CLAUSE_LENGTH and not any(
        character < " " or "\ud800" <= character <= "\udfff" for character in page
    )
