"""Which site a key or a domain stands for, remembered for a minute.

A minute is also how long a revoked key may still be taken. While PostgreSQL is down nobody can revoke anything: then what was
known is good for an hour.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from shared.collection.exclusions import NOTHING, Exclusions
from shared.collection.web_address import site_domain
from shared.identity.identity import KeyBearer
from shared.identity.keys import Key
from shared.platform.failures import PostgresUnavailable

if TYPE_CHECKING:
    from shared.identity.tenants import Site
    from shared.platform.postgres import Database

FRESH_SECONDS: Final = 60.0
STALE_SECONDS: Final = 3600.0
MAX_ENTRIES: Final = 10_000

T = TypeVar("T")


@dataclass(frozen=True)
class Target:
    """A site that browsers may send events to."""

    site_id: int
    organisation: UUID
    exclusions: Exclusions = NOTHING


class SiteCache:
    """Answers from memory while fresh, from PostgreSQL otherwise."""

    def __init__(self, database: Callable[[], "Database"], clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[bytes | str, tuple[float, KeyBearer | Target | None]] = {}
        self._exclusions: dict[int, Exclusions] = {}

    def bearer(self, key: Key) -> KeyBearer | None:
        """Who bears this key; None when it is unknown or revoked. Raises ``PostgresUnavailable``."""
        found = self._remembered(key.digest, lambda: self._load_bearer(key))
        return found if isinstance(found, KeyBearer) else None

    def target_of(self, bearer: KeyBearer) -> Target:
        """The site of a write key that was presented here."""
        return Target(bearer.site_id, bearer.organisation, self._exclusions.get(bearer.site_id, NOTHING))

    def target(self, domain: str) -> Target | None:
        """The site of a domain, however it is written; None when nobody has it. Raises ``PostgresUnavailable``."""
        # Sites that were made when a domain was kept as it was written are still known by it.
        for name in dict.fromkeys((site_domain(domain), domain.strip().lower())):
            found = self._remembered(name, partial(self._load_target, name))
            if isinstance(found, Target):
                return found
        return None

    def _remembered(
        self, name: bytes | str, fetch: Callable[[], KeyBearer | Target | None]
    ) -> KeyBearer | Target | None:
        now = self._clock()
        at, found = self._known.get(name, (float("-inf"), None))
        # What wasn't there is asked for again at once: a key has to work as soon as it was made.
        if found is not None and now - at < FRESH_SECONDS:
            return found
        try:
            fetched = fetch()
        except PostgresUnavailable:
            if found is not None and now - at < STALE_SECONDS:
                return found
            raise
        if len(self._known) >= MAX_ENTRIES:
            self._known.clear()
            self._exclusions.clear()
        self._known[name] = (now, fetched)
        return fetched

    def _load_bearer(self, key: Key) -> KeyBearer | None:
        from shared.identity.tenants import key_bearer, site_of

        with self._database().transaction(key_sha256=key.digest.hex()) as connection:
            bearer = key_bearer(connection, key)
            if bearer and bearer.kind == "ingest":
                self._exclusions[bearer.site_id] = _exclusions(site_of(connection, str(bearer.site_id)))
            return bearer

    def _load_target(self, domain: str) -> Target | None:
        from shared.identity.tenants import site_of

        with self._database().transaction(domain=domain) as connection:
            site = site_of(connection, domain)
        return Target(site.id, site.organisation_id, _exclusions(site)) if site else None


def _exclusions(site: "Site | None") -> Exclusions:
    if site is None:
        return NOTHING
    return Exclusions(
        addresses=site.excluded_addresses,
        hostnames=site.allowed_hostnames,
        pages=site.excluded_pages,
        countries=site.excluded_countries,
    )
