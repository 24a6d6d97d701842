"""What Cognito is told, in the form of its trigger's second version."""

from collections.abc import Mapping
from typing import Any

from shared.identity.identity import NAME_CLAIM
from shared.identity.token_claims import name_of, roles_of


def answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The event's ``response`` to its ``request``."""
    attributes = asked["userAttributes"]
    name = name_of(attributes)
    groups = asked["groupConfiguration"].get("groupsToOverride") or []
    return {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {"claimsToAddOrOverride": {NAME_CLAIM: name}} if name else {},
            "groupOverrideDetails": {"groupsToOverride": roles_of(attributes, groups)},
        }
    }
