"""Visitors who send no id: a keyed hash of site, address and user agent under a salt of the day. The address is never stored.

Salts live in Valkey until 48 hours after their day began. A visit that is alive when the salt changes keeps its hash: near
midnight each hash leaves a mark for 30 minutes, and who finds a mark under yesterday's salt goes on with it.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from typing import Final

from shared.collection.rows import signed_64_bits
from shared.platform.valkey import Command, Valkey

SALT_LIFETIME: Final = timedelta(hours=48)
VISIT_SECONDS: Final = 30 * 60
_SALT_BYTES: Final = 16


@dataclass(frozen=True)
class Client:
    """What tells one visitor from another, besides the site."""

    address: str
    user_agent: str


@dataclass(frozen=True)
class Visitor:
    """A visitor's number, and what has to be written along with the events to keep the visit together."""

    id: int
    marks: tuple[Command, ...] = ()


class Visitors:
    """Numbers for visitors; keeps today's and yesterday's salts in memory."""

    def __init__(self, valkey: Valkey) -> None:
        self._valkey = valkey
        self._salts: dict[date, bytes | None] = {}

    def identify(self, site_id: int, client: Client, now: datetime) -> Visitor:
        """The number of a visitor at a time (UTC). Raises ``ValkeyUnavailable``."""
        today = now.date()
        current, previous = self._salt(today), self._previous_salt(today)
        if previous is not None:
            old = _hash(previous, site_id, client)
            if self._valkey.run("EXISTS", _mark(site_id, old)):
                return Visitor(old, (_leave_mark(site_id, old),))
        visitor = _hash(current, site_id, client)
        ends_soon = now + timedelta(seconds=VISIT_SECONDS) >= _midnight(today + timedelta(days=1))
        return Visitor(visitor, (_leave_mark(site_id, visitor),) if ends_soon else ())

    def alias(self, address: str, now: datetime) -> str:
        """What an address is counted by for limits: the same all day, and nothing that an address could be read from."""
        return f"{signed_64_bits(_network(address).encode(), key=self._salt(now.date())):x}"

    def _salt(self, day: date) -> bytes:
        salt = self._salts.get(day)
        if salt is None:
            expiry = int((_midnight(day) + SALT_LIFETIME).timestamp())
            _, salt = self._valkey.pipeline(
                [
                    ("SET", _salt_key(day), secrets.token_bytes(_SALT_BYTES), "NX", "EXAT", expiry),
                    ("GET", _salt_key(day)),
                ]
            )
            self._salts = {kept: value for kept, value in self._salts.items() if kept >= day - timedelta(days=1)}
            self._salts[day] = salt
        return bytes(salt)

    def _previous_salt(self, today: date) -> bytes | None:
        day = today - timedelta(days=1)
        if day not in self._salts:
            self._salts[day] = self._valkey.run("GET", _salt_key(day))
        return self._salts[day]


def _network(address: str) -> str:
    """Whoever has one address of IPv6 has 2^64 of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(int(found) >> 64)  # noqa: PLR2004 -- the version of IP


def _hash(salt: bytes, site_id: int, client: Client) -> int:
    return signed_64_bits(f"{site_id}\n{client.address}\n{client.user_agent}".encode(), key=salt)


def _mark(site_id: int, visitor: int) -> str:
    return f"visit:{site_id}:{visitor}"


def _leave_mark(site_id: int, visitor: int) -> Command:
    return ("SET", _mark(site_id, visitor), "1", "EX", VISIT_SECONDS)


def _salt_key(day: date) -> str:
    return f"salt:{day.isoformat()}"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
