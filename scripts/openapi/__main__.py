"""Writes the description of the API and, for the console, the table of permissions; with --check says what is stale."""

import json
import sys
from collections.abc import Iterable, Mapping

from scripts.openapi.apps import ROOT, apps
from scripts.openapi.description import describe
from shared.http.openapi import FILE
from shared.http.permissions import MEMBERS, PERMISSIONS, operations_roles


def artefacts() -> Mapping[str, str]:
    """Path from the repository's root → text; no server is asked."""
    return {
        str(FILE.relative_to(ROOT)): openapi_text(),
        "web/src/api/permissions.ts": console_permissions(),
    }


def openapi_text() -> str:
    """One OpenAPI document of all functions, as JSON text."""
    return json.dumps(describe(apps().values()), indent=1) + "\n"


def console_permissions() -> str:
    """The table of permissions as a module of the console."""
    operations = {route: roles for route in PERMISSIONS if (roles := operations_roles(route))}
    return (
        "// Who may do what, from shared/http/permissions.py: written by `make openapi`.\n\n"
        f"/** The operations roles that a route is for. */\n{_constant('OPERATIONS', operations)}\n"
        f"/** What one has to be in the organisation that the request is about. */\n{_constant('MEMBERS', MEMBERS)}"
    )


def _constant(name: str, rows: Mapping[tuple[str, str], Iterable[str]]) -> str:
    lines = (f'  "{method} {path}": {json.dumps(sorted(roles))},\n' for (method, path), roles in rows.items())
    return f"export const {name} = {{\n{''.join(lines)}}} as const;\n"


def main() -> None:
    texts = artefacts()
    if "--check" not in sys.argv:
        for path, text in texts.items():
            (ROOT / path).write_text(text)
    elif stale := [path for path, text in texts.items() if (ROOT / path).read_text() != text]:
        sys.exit(f"not what the routes give: {', '.join(stale)}. Run make openapi and commit it")


if __name__ == "__main__":
    main()
