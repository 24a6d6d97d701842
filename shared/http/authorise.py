"""Finds out who is calling and whether the table of permissions lets them: a dependency of every route."""

from collections.abc import Set as AbstractSet
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request

from shared.http.permissions import ANYONE, PERMISSIONS, PERSON, READ_KEY, WRITE_KEY
from shared.http.problems import Problem
from shared.identity.identity import PIPELINE, IdentityUnavailable, InvalidToken, KeyBearer, Person, Pipeline
from shared.identity.keys import MalformedKey, parse_key

if TYPE_CHECKING:
    from shared.http.services import Services

KEY_BRAND: Final = "p09"
_OF_TENANTS: Final = frozenset({READ_KEY, PERSON})
_KEYS: Final = {"ingest": WRITE_KEY, "read": READ_KEY}

Caller = KeyBearer | Person | Pipeline | None


async def authorise(request: Request) -> None:
    """Let the request through, or raise a problem of status 401 or 403."""
    allowed = PERMISSIONS[request.method, request.scope["route"].path]
    request.state.caller = None if ANYONE in allowed else _identify(request, allowed)
    if not allowed.isdisjoint(_OF_TENANTS):
        services: Services = request.app.state.services
        services.check(services.limits.of_queries(request.state.caller))


# FastAPI sends plain functions through a thread pool: these are coroutines, three times as fast.
async def tenant(request: Request) -> KeyBearer | Person:
    found = request.state.caller
    assert isinstance(found, KeyBearer | Person)  # noqa: S101 -- the table lets nobody else in
    return found


async def person(request: Request) -> Person:
    found = request.state.caller
    assert isinstance(found, Person)  # noqa: S101 -- the table lets nobody else in
    return found


async def operator(request: Request) -> Person | Pipeline:
    found = request.state.caller
    assert isinstance(found, Person | Pipeline)  # noqa: S101 -- the table lets nobody else in
    return found


async def key_bearer(request: Request) -> KeyBearer:
    found = request.state.caller
    assert isinstance(found, KeyBearer)  # noqa: S101 -- the table lets nobody else in
    return found


TenantOf = Annotated[KeyBearer | Person, Depends(tenant)]
PersonOf = Annotated[Person, Depends(person)]
OperatorOf = Annotated[Person | Pipeline, Depends(operator)]
KeyBearerOf = Annotated[KeyBearer, Depends(key_bearer)]


def _identify(request: Request, allowed: AbstractSet[str]) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised(f"send the header Authorization: Bearer … with {_wanted(allowed)}")
    token = token.strip()
    return _bearer(request, token, allowed) if token.startswith(KEY_BRAND) else _signed_in(request, token, allowed)


def _bearer(request: Request, token: str, allowed: AbstractSet[str]) -> KeyBearer:
    try:
        key = parse_key(token)
    except MalformedKey as error:
        raise _unauthorised(str(error)) from error
    if _KEYS[key.kind] not in allowed:
        raise _forbidden(f"a {_KEYS[key.kind]} can't do this; it takes {_wanted(allowed)}")
    found: KeyBearer | None = request.app.state.services.sites.bearer(key)
    if found is None:
        raise _unauthorised(f"the key {key.prefix}… is unknown or was revoked")
    return found


def _signed_in(request: Request, token: str, allowed: AbstractSet[str]) -> Person | Pipeline:
    if not allowed - set(_KEYS.values()):
        raise _unauthorised(f"this takes {_wanted(allowed)}, such as p09w_…")
    try:
        found: Person | Pipeline = request.app.state.services.tokens.verify(token)
    except InvalidToken as error:
        raise _unauthorised(f"the access token is not valid: {error}") from error
    except IdentityUnavailable as error:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "access tokens can't be checked now: the signing keys can't be fetched; try again",
        ) from error
    if not _may(found, allowed):
        raise _forbidden(f"this takes {_wanted(allowed)}; you {_are(found)}")
    return found


def _may(found: Person | Pipeline, allowed: AbstractSet[str]) -> bool:
    if isinstance(found, Pipeline):
        return PIPELINE in allowed
    return PERSON in allowed or bool(found.roles & allowed)


def _are(found: Person | Pipeline) -> str:
    if isinstance(found, Pipeline):
        return "are the pipeline"
    return f"have {', '.join(sorted(found.roles)) or 'no role'}"


def _wanted(allowed: AbstractSet[str]) -> str:
    names = {
        WRITE_KEY: "a write key",
        READ_KEY: "a read key",
        PERSON: "the access token of somebody who signed in",
        PIPELINE: "the delivery pipeline's token",
    }
    return " or ".join(names.get(name, f"the role {name}") for name in sorted(allowed))


def _unauthorised(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"www-authenticate": "Bearer"})


def _forbidden(detail: str) -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, detail)
