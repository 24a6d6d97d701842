"""The public keys of a user pool: fetched seldom, kept while nobody answers, and not fetched again for whoever makes up key ids."""

import time
from collections.abc import Callable, Iterable
from typing import Final

import jwt

from shared.identity.identity import IdentityUnavailable

FRESH_SECONDS: Final = 3600.0
STALE_SECONDS: Final = 24 * 3600.0
BETWEEN_FETCHES_SECONDS: Final = 30.0
TIMEOUT_SECONDS: Final = 2


class UnknownKey(Exception):
    """The pool signs with no key of this id."""


def fetch_from(url: str) -> Callable[[], Iterable[jwt.PyJWK]]:
    """Fetches the keys at an address. Raises ``jwt.PyJWTError``."""
    client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT_SECONDS)
    return client.get_signing_keys


class SigningKeys:
    """RSA keys for signatures by their ids."""

    def __init__(self, fetch: Callable[[], Iterable[jwt.PyJWK]], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def get(self, key_id: str) -> jwt.PyJWK:
        """Raises ``UnknownKey``, or ``IdentityUnavailable`` when nobody can say whether it is one."""
        now = self._clock()
        age = now - self._fetched_at
        if (key_id not in self._keys or age >= FRESH_SECONDS) and now - self._tried_at >= BETWEEN_FETCHES_SECONDS:
            self._tried_at = now
            age = 0.0 if self._fetched(now) else age
        if age >= STALE_SECONDS:
            raise IdentityUnavailable("the signing keys can't be fetched")
        if key_id not in self._keys:
            raise UnknownKey(key_id)
        return self._keys[key_id]

    def _fetched(self, now: float) -> bool:
        try:
            found = list(self._fetch())
        except jwt.PyJWTError:
            return False  # what is known is good for a while; who knows nothing is told by ``get``
        self._keys = {str(key.key_id): key for key in found if _signs(key)}
        self._fetched_at = now
        return True


def _signs(key: jwt.PyJWK) -> bool:
    return (key.key_type, key.algorithm_name) == ("RSA", "RS256") and key.public_key_use in {None, "sig"}
