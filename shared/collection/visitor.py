"""Visitors who send no id: a keyed hash of site, address and user agent under a salt of the day. The address is never stored.

Salts live in Valkey until 48 hours after their day began. A visit that is alive when the salt changes keeps its hash: near
midnight each hash leaves a mark for 30 minutes, and who finds a mark under yesterday's salt goes on with it.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from shared.collection.client import Client
from shared.collection.client_address import network_of
from shared.collection.rows import signed_64_bits
from shared.platform.valkey import Command, Valkey

SALT_LIFETIME: Final = timedelta(hours=48)
VISIT_SECONDS: Final = 30 * 60
_SALT_BYTES: Final = 16


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

    def identify(self, site_id: int, clients: Iterable[Client], now: datetime) -> dict[Client, Visitor]:
        """The visitors of a site that some clients are at a time (UTC). Raises ``ValkeyUnavailable``."""
        asked = list(dict.fromkeys(clients))
        if not asked:
            return {}
        today = now.date()
        current, previous = self._salt(today), self._previous_salt(today)
        alive = self._alive(site_id, asked, previous) if previous is not None else {}
        ends_soon = now + timedelta(seconds=VISIT_SECONDS) >= _midnight(today + timedelta(days=1))
        found = {}
        for client in asked:
            visitor = alive[client] if client in alive else _hash(current, site_id, client)
            found[client] = Visitor(visitor, (_leave_mark(site_id, visitor),) if client in alive or ends_soon else ())
        return found

    def _alive(self, site_id: int, clients: Sequence[Client], previous: bytes) -> dict[Client, int]:
        """Those whose visit began under yesterday's salt and still goes on."""
        old = [_hash(previous, site_id, client) for client in clients]
        marks = self._valkey.pipeline([("EXISTS", _mark(site_id, visitor)) for visitor in old])
        return {client: visitor for client, visitor, mark in zip(clients, old, marks, strict=True) if mark}

    def alias(self, address: str, now: datetime) -> str:
        """What an address is counted by for limits: the same all day, and nothing that an address could be read from."""
        return f"{signed_64_bits(network_of(address).encode(), key=self._salt(now.date())):x}"

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
