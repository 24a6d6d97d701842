"""Cognito access tokens, verified by PyJWT. Imported only where a token was presented: it costs a cold start 50 ms."""

import json
import re
from collections.abc import Callable, Collection
from typing import Any, Final

import jwt
from jwt.utils import base64url_decode, base64url_encode

from shared.identity.identity import NAME_CLAIM, PIPELINE_SCOPE, InvalidToken, Person, Pipeline, person_of
from shared.identity.signing_keys import SigningKeys, UnknownKey

LEEWAY_SECONDS: Final = 10
MAX_LIFETIME_SECONDS: Final = 24 * 3600  # Cognito makes none that live longer
MAX_LENGTH: Final = 8192
_ALGORITHM: Final = "RS256"
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADERS: Final = frozenset({"alg", "kid", "typ"})
_REQUIRED: Final = ("exp", "iat", "iss", "sub", "token_use", "client_id")
_OF_PEOPLE: Final = frozenset({"username", "cognito:username", "cognito:groups", NAME_CLAIM})
_TEXTS: Final = ("iss", "sub", "token_use", "client_id")


class TokenVerifier:
    """Checks access tokens of one Cognito user pool: people's, by the clients of the console, and the pipeline's, by its own."""

    def __init__(
        self,
        *,
        issuer: str,
        client_ids: Collection[str],
        pipeline_client_id: str,
        keys: SigningKeys,
        is_ended: Callable[[str, float], bool] = lambda _subject, _issued_at: False,
    ) -> None:
        """``is_ended`` says of a person's ``sub`` and a token's time of issue whether that session was ended."""
        self._issuer = issuer
        self._client_ids = frozenset(client_ids)
        self._pipeline_client_id = pipeline_client_id
        self._keys = keys
        self._is_ended = is_ended

    def verify(self, token: str) -> Person | Pipeline:
        """Whom a token stands for. Raises ``InvalidToken`` or ``IdentityUnavailable``."""
        header, claims = _parsed(token)
        key_id = _key_id(header)
        try:
            key = self._keys.get(key_id)
            jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(_REQUIRED)},
            )
        except UnknownKey as error:
            raise InvalidToken(f"no key {key_id[:64]!r} signs for this pool") from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise InvalidToken(str(error)) from error
        _check(claims)
        if claims["client_id"] in self._client_ids:
            self._check_person(claims)
            return person_of(claims)
        if claims["client_id"] == self._pipeline_client_id:
            _check_pipeline(claims)
            return Pipeline()
        raise InvalidToken("the token is for another client")

    def _check_person(self, claims: dict[str, Any]) -> None:
        if not isinstance(claims.get("username"), str) or not claims["username"]:
            raise InvalidToken("it names no user")
        if claims["sub"] in {*self._client_ids, self._pipeline_client_id}:
            raise InvalidToken("a client is nobody's person")
        if PIPELINE_SCOPE in str(claims.get("scope", "")):
            raise InvalidToken("a person has not the pipeline's scope")
        if self._is_ended(claims["sub"], claims["iat"]):
            raise InvalidToken("the session was ended: sign in again")


def _check(claims: dict[str, Any]) -> None:
    """What PyJWT does not: the kinds of values, and that it is none for signing in."""
    for name in _TEXTS:
        if not isinstance(claims[name], str) or not claims[name]:
            raise InvalidToken(f"{name} is no text")
    if not all(isinstance(claims[name], int | float) for name in ("exp", "iat")):
        raise InvalidToken("exp and iat are numbers")
    if claims["token_use"] != "access":  # noqa: S105 -- a kind, no password
        raise InvalidToken("an access token is needed, not an id token")
    if claims["exp"] - claims["iat"] > MAX_LIFETIME_SECONDS:
        raise InvalidToken("the token lives longer than any that the pool makes")


def _check_pipeline(claims: dict[str, Any]) -> None:
    """A client that got a token for itself is its own subject, and has neither a user nor groups."""
    if claims["sub"] != claims["client_id"]:
        raise InvalidToken("the pipeline's token is the pipeline's own")
    if person := sorted(_OF_PEOPLE.intersection(claims)):
        raise InvalidToken(f"the pipeline has no {person[0]}")
    if claims.get("scope") != PIPELINE_SCOPE:
        raise InvalidToken(f"the pipeline's scope is {PIPELINE_SCOPE} and no other")


def _parsed(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, not verified yet, of a text that can be read in one way only."""
    if len(token) > MAX_LENGTH:
        raise InvalidToken(f"it is longer than {MAX_LENGTH} characters")
    if not _FORM.fullmatch(token):
        raise InvalidToken("it has not the form of a signed token")
    header, claims, signature = token.split(".")
    _decoded(signature)
    return _object(_decoded(header)), _object(_decoded(claims))


def _decoded(part: str) -> bytes:
    try:
        content = base64url_decode(part)
    except ValueError as error:
        raise InvalidToken("a part is no base64url") from error
    if base64url_encode(content).decode() != part:
        raise InvalidToken("a part is no base64url in its one form")
    return content


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidToken(f"a part is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidToken("a part is no JSON object")
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidToken("a name stands twice in a part")
    return found


def _no_number(text: str) -> float:
    raise InvalidToken(f"{text} is no number")


def _key_id(header: dict[str, Any]) -> str:
    """Only what Cognito writes: a header that brings its own key, or asks for more, is an attempt."""
    if unknown := sorted(header.keys() - _HEADERS):
        raise InvalidToken(f"the header {unknown[0][:64]!r} is not taken")
    if header.get("alg") != _ALGORITHM:
        raise InvalidToken(f"the algorithm is {_ALGORITHM} and no other")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise InvalidToken("the header names no key")
    return key_id
