"""Cognito access tokens, verified by PyJWT. Imported only where a token was presented: it costs a cold start 50 ms."""

from typing import Any, Final

import jwt

from shared.access.identity import Person, person_of

LEEWAY_SECONDS: Final = 10
JWKS_TIMEOUT_SECONDS: Final = 2
JWKS_LIFESPAN_SECONDS: Final = 3600


class InvalidToken(Exception):
    """The token is forged, expired, of another pool or another client; the message says which."""


class IdentityUnavailable(Exception):
    """The signing keys can't be fetched, so that no new key can be checked."""


class TokenVerifier:
    """Checks access tokens of one Cognito user pool and client."""

    def __init__(self, *, issuer: str, jwks_url: str, client_id: str) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._keys = jwt.PyJWKClient(jwks_url, timeout=JWKS_TIMEOUT_SECONDS, lifespan=JWKS_LIFESPAN_SECONDS)

    def verify(self, token: str) -> Person:
        """The person that a token stands for. Raises ``InvalidToken`` or ``IdentityUnavailable``."""
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "sub", "token_use"]},
            )
        except jwt.PyJWKClientConnectionError as error:
            raise IdentityUnavailable(str(error)) from error
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise InvalidToken(str(error)) from error
        if claims["token_use"] != "access":  # noqa: S105 -- a kind, no password
            raise InvalidToken("an access token is needed, not an id token")
        if claims.get("client_id") != self._client_id:
            raise InvalidToken("the token is for another client")
        return person_of(claims)
