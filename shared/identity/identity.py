"""Who is asking: a person with roles, the delivery pipeline, or the bearer of a site's key."""

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from shared.platform.actor import Actor

DEVELOPER: Final = "P09-Developer"
SRE: Final = "P09-SRE"
DBA: Final = "P09-DBA"
LEAD: Final = "P09-Lead"
AUDITOR: Final = "P09-Auditor"
ROLES: Final = frozenset({DEVELOPER, SRE, DBA, LEAD, AUDITOR})

PIPELINE: Final = "pipeline"
PIPELINE_SCOPE: Final = "delivery/changes"
NAME_CLAIM: Final = "p09_name"

MemberRole = Literal["owner", "editor", "viewer"]


class InvalidToken(Exception):
    """The token is forged, expired, of another pool or another client; the message says which."""


class IdentityUnavailable(Exception):
    """The signing keys can't be fetched, so that no new key can be checked."""


@dataclass(frozen=True)
class Person:
    """Somebody who signed in. ``roles`` are the operations roles; customers' people have none.

    ``username`` is what records name them by; ``subject`` never changes and is what rights hang on.
    """

    subject: str
    roles: frozenset[str] = frozenset()
    username: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(name=self.username or self.subject, subject=self.subject)


@dataclass(frozen=True)
class Pipeline:
    """The delivery pipeline: a program with a secret, and nobody's roles."""

    username: str = PIPELINE

    @property
    def actor(self) -> Actor:
        return Actor(name=self.username)


@dataclass(frozen=True)
class KeyBearer:
    """Somebody who presented a key of a site."""

    site_id: int
    organisation: UUID
    kind: str
    prefix: str


def person_of(claims: dict[str, Any]) -> Person:
    """The person of a verified access token; groups that are no roles of ours are ignored."""
    groups = claims.get("cognito:groups", [])
    subject = str(claims["sub"])
    names = [group for group in groups if isinstance(group, str)] if isinstance(groups, list) else []
    name = claims.get(NAME_CLAIM)
    known = name if isinstance(name, str) and name else claims["username"]
    return Person(subject, ROLES.intersection(names), known)
