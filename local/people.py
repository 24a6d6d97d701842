"""People of the local system, one for each role, in the local Cognito. Their password is no secret."""

import re
from dataclasses import dataclass
from typing import Any

from local.aws import aws_client
from local.ministack import checkpoint
from shared.identity.identity import AUDITOR, DBA, DEVELOPER, LEAD, SRE

PASSWORD = "Demo-person-1!"  # noqa: S105  # documented on the sign-in page of stage local
OPERATIONS_ROLES = (DEVELOPER, SRE, DBA, LEAD, AUDITOR)
ORGANISATION_ROLES = ("owner", "editor", "viewer")
DEMO_ORGANISATION = "Demo"


@dataclass(frozen=True)
class Person:
    """A person of P09 (role = Cognito group) or of a customer (role in their organisation; no group)."""

    name: str
    role: str
    username: str

    @property
    def group(self) -> str | None:
        return self.role if self.role in OPERATIONS_ROLES else None

    def public(self) -> dict[str, str]:
        return {"name": self.name, "role": self.role, "username": self.username}


def operations_person(role: str) -> Person:
    word = role.removeprefix("P09-")
    return Person(name=f"Demo {word}", role=role, username=f"{word.lower()}@demo.example")


def customer_person(organisation: str, role: str) -> Person:
    slug = re.sub(r"[^a-z0-9]+", "-", organisation.lower()).strip("-") or "organisation"
    return Person(name=f"{organisation} {role}", role=role, username=f"{role}@{slug}.example")


DEMO_PEOPLE = (
    *(customer_person(DEMO_ORGANISATION, role) for role in ORGANISATION_ROLES),
    *(operations_person(role) for role in OPERATIONS_ROLES),
)


class Directory:
    """The local Cognito user pool."""

    def __init__(self, endpoint: str, user_pool_id: str, client_id: str) -> None:
        self._endpoint = endpoint
        self._cognito = aws_client("cognito-idp", endpoint)
        self._pool = user_pool_id
        self._client_id = client_id

    def ensure(self, *people: Person) -> list[str]:
        """Make those who are missing; return each one's `sub`, by which the API knows them."""
        known = [self._find(person) for person in people]
        subjects = [subject or self._create(person) for subject, person in zip(known, people, strict=True)]
        if None in known:
            # A new person would come back from a kill of MiniStack as another one, a member of nothing.
            checkpoint(self._endpoint)
        return subjects

    def _find(self, person: Person) -> str | None:
        try:
            found = self._cognito.admin_get_user(UserPoolId=self._pool, Username=person.username)
        except self._cognito.exceptions.UserNotFoundException:
            return None
        return _subject(found["UserAttributes"])

    def token(self, person: Person) -> str:
        """Sign in and return the access token."""
        answer = self._cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": person.username, "PASSWORD": PASSWORD},
            ClientId=self._client_id,
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def _create(self, person: Person) -> str:
        attributes = {"email": person.username, "email_verified": "true", "name": person.name}
        created = self._cognito.admin_create_user(
            UserPoolId=self._pool,
            Username=person.username,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            MessageAction="SUPPRESS",
        )
        self._cognito.admin_set_user_password(
            UserPoolId=self._pool, Username=person.username, Password=PASSWORD, Permanent=True
        )
        if person.group:
            self._cognito.admin_add_user_to_group(
                UserPoolId=self._pool, Username=person.username, GroupName=person.group
            )
        return _subject(created["User"]["Attributes"])


def _subject(attributes: list[dict[str, Any]]) -> str:
    return next(str(one["Value"]) for one in attributes if one["Name"] == "sub")
