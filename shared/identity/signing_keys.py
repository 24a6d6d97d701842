"""The public keys of a user pool: fetched seldom, kept while nobody answers, and not fetched again for whoever makes up key ids.

Functions that check tokens live in the VPC, and PrivateLink reaches no pool that has a domain. So a function outside it brings
the keys to the operations table, where the others read them.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import jwt

from shared.identity.identity import IdentityUnavailable
from shared.platform.aws.dynamodb import Put, Table
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.moments import stamp

FRESH_SECONDS: Final = 3600.0
STALE_SECONDS: Final = 24 * 3600.0
BETWEEN_FETCHES_SECONDS: Final = 30.0
TIMEOUT_SECONDS: Final = 2
PARTITION: Final = "signing-keys"
_NEWEST: Final = "newest"


class UnknownKey(Exception):
    """The pool signs with no key of this id."""


class KeysUnavailable(Exception):
    """The keys can't be read now, or nobody has brought them for too long."""


def fetch_document(url: str) -> str:
    """The pool's keys as it publishes them (JSON), with one for signatures at least. Raises ``jwt.PyJWTError``."""
    document = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=TIMEOUT_SECONDS).fetch_data()
    if not any(_signs(key) for key in _read(document)):
        raise jwt.PyJWKSetError(f"{url} names no key for signatures")
    return json.dumps(document)


class KeptKeys:
    """The newest document, in the operations table."""

    def __init__(self, table: Table, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._table = table
        self._now = now

    def keep(self, document: str) -> None:
        """Raises ``AwsUnavailable`` and ``AwsRefused``."""
        item = {"pk": PARTITION, "sk": _NEWEST, "document": document, "fetched_at": stamp(self._now())}
        self._table.write([Put(item=item)])

    def fetch(self) -> Sequence[jwt.PyJWK]:
        """Raises ``KeysUnavailable``."""
        try:
            found = self._table.get(PARTITION, _NEWEST)
        except (AwsUnavailable, AwsRefused) as error:
            raise KeysUnavailable(str(error)) from error
        if found is None:
            raise KeysUnavailable("nobody has brought the signing keys yet")
        fetched_at = datetime.fromisoformat(str(found["fetched_at"]))
        if self._now() - fetched_at > timedelta(seconds=STALE_SECONDS):
            raise KeysUnavailable(f"the signing keys were brought last at {fetched_at}")
        return _read(json.loads(str(found["document"])))


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
        except KeysUnavailable:
            return False  # what is known is good for a while; who knows nothing is told by ``get``
        self._keys = {str(key.key_id): key for key in found if _signs(key)}
        self._fetched_at = now
        return True


def _read(document: object) -> Sequence[jwt.PyJWK]:
    """Raises ``jwt.PyJWKSetError``."""
    if not isinstance(document, dict):
        raise jwt.PyJWKSetError("the pool's keys are no JSON object")
    return jwt.PyJWKSet.from_dict(document).keys


def _signs(key: jwt.PyJWK) -> bool:
    return (key.key_type, key.algorithm_name) == ("RSA", "RS256") and key.public_key_use in {None, "sig"}
