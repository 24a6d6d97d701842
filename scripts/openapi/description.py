"""The description of the API: what FastAPI finds, with the bodies that are read by hand, problems, callers and examples added."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from pydantic import TypeAdapter

from scripts.openapi.examples import EVENT, PROBLEM, QUERY
from shared.analytics.query import Query
from shared.collection.event import Event
from shared.http.permissions import ANYONE, PERMISSIONS
from shared.http.problem_types import PAGE

_REF: Final = "#/components/schemas/{model}"
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "examples": [PROBLEM],
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": f"The problem's address in the [catalogue]({PAGE}).",
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and how to mend it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer into the body, as a URI fragment.",
                    },
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_ANSWERED_BY_PROBLEM: Final = {
    "description": f"A problem document; the [catalogue]({PAGE}) lists every type.",
    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
}


def describe(apps: Iterable[FastAPI]) -> dict[str, Any]:
    """OpenAPI 3.1 of the whole API, whichever of the apps serves a path."""
    description = _joined([deepcopy(app.openapi()) for app in apps])  # FastAPI keeps what it returns
    schemas = description["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = _PROBLEM
    for name, model, example in (("Event", Event, EVENT), ("Query", Query, QUERY)):
        schema = TypeAdapter(model).json_schema(ref_template=_REF) | {"examples": [example]}
        schemas |= schema.pop("$defs", {}) | {name: schema}
    description["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANSWERED_BY_PROBLEM
            allowed = PERMISSIONS[method.upper(), path]
            if ANYONE not in allowed:
                operation["security"] = [{"bearer": []}]
            callers = f"**Who may call:** {', '.join(sorted(allowed))}."
            operation["description"] = f"{operation.get('description', '')}\n\n{callers}".strip()
    return description


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Raises ``ValueError`` where two apps call different schemas by the same name."""
    schemas: dict[str, Any] = {}
    for part in parts:
        for name, schema in part["components"]["schemas"].items():
            if schemas.setdefault(name, schema) != schema:
                raise ValueError(f"two functions describe different things as {name}: rename one")
    paths = {path: operations for part in parts for path, operations in part["paths"].items()}
    in_order = {path: paths[path] for path in dict.fromkeys(path for _, path in PERMISSIONS) if path in paths}
    return parts[0] | {"paths": in_order, "components": {"schemas": dict(sorted(schemas.items()))}}
