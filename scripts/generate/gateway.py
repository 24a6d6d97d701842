"""infra/gateway.json: the gateway's routes to each function, from the table of permissions. All other paths go to `api`."""

from collections.abc import Mapping

from scripts.generate.cloudwatch import as_json
from shared.http.permissions import API, ROUTES, Function, Row

Table = Mapping[tuple[str, str], Row]


def routes(table: Table = ROUTES) -> str:
    """Whole paths: a method that a path does not take is told so by the function that serves the path.

    Raises ``ValueError`` where two functions share a path.
    """
    serves: dict[str, Function] = {}
    for (_, path), row in table.items():
        if serves.setdefault(path, row.function) != row.function:
            raise ValueError(f"{path}: both {serves[path]} and {row.function} serve it; a path belongs to one function")
    functions = dict.fromkeys(one for one in serves.values() if one != API)
    return as_json({one: sorted(f"ANY {path}" for path in serves if serves[path] == one) for one in functions})
