"""Evaluates a resource's policy for one request of a service, as far as the gate needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from scripts.aws_gate.templates import as_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.aws_gate.templates import Stack, Templates

SOURCES = ("aws:sourcearn", "aws:sourceaccount", "kms:encryptioncontext:aws:logs:arn", "aws:sourceorgid")


@dataclass(frozen=True, kw_only=True)
class Request:
    """``context`` are keys of conditions in lower case. A key that AWS would not fill in is not there."""

    service: str
    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def allows(templates: Templates, stack: Stack, document: Any, request: Request) -> bool:
    statements = [one for one in as_list((document or {}).get("Statement")) if _applies(templates, stack, one, request)]
    return any(one["Effect"] == "Allow" for one in statements) and not any(
        one["Effect"] == "Deny" for one in statements
    )


def principals(templates: Templates, stack: Stack, statement: Mapping[str, Any]) -> set[str]:
    """The services that a statement is about; ``*`` is everybody."""
    principal = statement.get("Principal", {})
    if principal == "*":
        return {"*"}
    everybody = {"*"} if "*" in as_list(principal.get("AWS")) else set()
    return everybody | {templates.text(stack, one) for one in as_list(principal.get("Service"))}


def names_its_source(statement: Mapping[str, Any]) -> bool:
    """Whether only requests on behalf of one account or resource are meant."""
    keys = {key.lower() for test in statement.get("Condition", {}).values() for key in test}
    return bool(keys & set(SOURCES))


def _applies(templates: Templates, stack: Stack, statement: Mapping[str, Any], request: Request) -> bool:
    named = principals(templates, stack, statement)
    if not named & {"*", request.service}:
        return False
    actions = [str(one).lower() for one in as_list(statement["Action"])]
    if not any(fnmatchcase(request.action.lower(), one) for one in actions):
        return False
    resources = [templates.text(stack, one) for one in as_list(statement.get("Resource", "*"))]
    if not any(fnmatchcase(request.resource, one) for one in resources):
        return False
    return all(
        _holds(operator, request.context.get(key.lower()), [templates.text(stack, one) for one in as_list(wanted)])
        for operator, test in statement.get("Condition", {}).items()
        for key, wanted in test.items()
    )


def _holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    name = operator.removesuffix("IfExists")
    if name == "Null":
        return [str(value is None).lower()] == [one.lower() for one in wanted]
    if value is None:
        return name != operator or "Not" in name
    if name == "Bool":
        return value.lower() in {one.lower() for one in wanted}
    if name.startswith("Numeric"):
        return False  # only used to deny old versions of TLS, which no service speaks
    met = any(fnmatchcase(value, one) for one in wanted) if "Like" in name or "Arn" in name else value in wanted
    return met != ("Not" in name)
