"""docs/roles.md: who may do what, from the tables that the API itself asks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from shared.http.permissions import ANYONE, MEMBERS, ORGANISATION_ROLES, PERSON, ROUTES, Row
from shared.identity.identity import ROLES

_YES: Final = "●"
_ORIGIN: Final = (
    "Generated from `shared/http/permissions.py` by `make generate`: change it there. Every request is checked against the "
    "same tables, and a test calls every route as every kind of caller. *Function* is the one that serves the route: the gateway's "
    "routes come from the same table."
)
_CALLERS: Final = (
    f"`{ANYONE}` needs no key and no token. `{PERSON}` is anybody who signed in, whatever their role in operations: "
    "row-level security shows them their own organisations and nothing else, and the second table says what their role in "
    "an organisation lets them do there. Everybody may leave an organisation that another owner stays in."
)
Table = Mapping[tuple[str, str], Iterable[str]]


def roles_page(routes: Mapping[tuple[str, str], Row] = ROUTES, members: Table = MEMBERS) -> str:
    permissions = {route: row.callers for route, row in routes.items()}
    callers = _callers(permissions)
    sections = (
        "# Who may do what",
        _ORIGIN,
        _CALLERS,
        "## Routes",
        _table(
            ("Route", "Function", *callers),
            ((_route(one), f"`{row.function}`", *_marks(row.callers, callers)) for one, row in routes.items()),
        ),
        "## Roles in an organisation",
        _table(
            ("Route", *ORGANISATION_ROLES),
            ((_route(one), *_marks(members[one], ORGANISATION_ROLES)) for one in members),
        ),
    )
    return "\n\n".join(sections) + "\n"


def _callers(permissions: Table) -> list[str]:
    """All that the table names: kinds of callers as they come, then roles of operations by name."""
    named = dict.fromkeys(caller for allowed in permissions.values() for caller in sorted(allowed))
    return [*(one for one in named if one not in ROLES), *(one for one in sorted(named) if one in ROLES)]


def _marks(allowed: Iterable[str], callers: Sequence[str]) -> Iterator[str]:
    names = set(allowed)
    return (_YES if one in names else "" for one in callers)


def _route(route: tuple[str, str]) -> str:
    return f"`{' '.join(route)}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] + [":-:"] * (len(head) - 1), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
