"""What a token says of a person, from what the user pool knows of them."""

from collections.abc import Iterable, Mapping
from typing import Final

from shared.identity.identity import ROLES

GROUPS_ATTRIBUTE: Final = "custom:groups"  # infra/constructs/user_pool.py maps the groups of a SAML assertion to it
_BY_SSO: Final = "EXTERNAL_PROVIDER"


def roles_of(attributes: Mapping[str, str], groups: Iterable[str]) -> list[str]:
    """The operations roles: of who came by SSO those that the company's directory says, of others their groups in the pool.

    Whatever else stands there is no role. The attribute of somebody with a password counts for nothing: only SSO writes it
    in earnest.
    """
    said = _listed(attributes.get(GROUPS_ATTRIBUTE, "")) if _is_by_sso(attributes) else groups
    return sorted(ROLES.intersection(said))


def name_of(attributes: Mapping[str, str]) -> str | None:
    """What records name the person by: an e-mail address, as far as somebody vouches for it."""
    is_vouched = attributes.get("email_verified") == "true" or _is_by_sso(attributes)
    return attributes.get("email") or None if is_vouched else None


def _is_by_sso(attributes: Mapping[str, str]) -> bool:
    return attributes.get("cognito:user_status") == _BY_SSO


def _listed(text: str) -> list[str]:
    """Cognito writes one value as it is, several as `[a, b]`."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    return [one.strip() for one in inner.split(",")]
