"""Says a recording again, as often as one likes, each time as other people with other sites: a release that keeps serving."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.platform.migrations import TRANSACTION_TIMEOUT
from shared.platform.postgres import sqlstate
from tests.conftest import MigratedDatabase
from tests.integration.upgrade.recording import FIRST_SITE, Call, Recording

ROUND_SECONDS: Final = 60.0
_UUID: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_DOMAIN: Final = re.compile(r"\b([a-z]+)\.example\b")
_PERSON: Final = re.compile(r"\b(ada|bob|dee)\b")
_TEMPORARY: Final = re.compile(r"\bp09_temp_[a-z0-9]{12}\b")
_SITE: Final = re.compile(r"\b73\d{5}\b")


class Broken(Exception):
    """What the release said before was answered otherwise now: its people would have noticed."""


class Replay:
    """One environment of each function of a release: a session for each role, kept from round to round."""

    def __init__(
        self, database: MigratedDatabase, recording: Recording, lock_timeout: str = TRANSACTION_TIMEOUT
    ) -> None:
        self._database = database
        self._recording = recording
        self._lock_timeout = lock_timeout
        self._sessions: dict[str, Connection] = {}

    def play(self) -> None:
        """One round. Raises ``Broken``."""
        others = _Others(datetime.now(UTC) - self._recording.at, self._recording.at)
        for call in self._recording.calls:
            self._say(call, others)

    def _session(self, role: str) -> Connection:
        if role not in self._sessions:
            session = self._database.connect(role)
            # PostgreSQL itself is the judge: who waits longer for a migration than that is refused.
            session.run(f"set lock_timeout = '{self._lock_timeout}'")
            self._sessions[role] = session
        return self._sessions[role]

    def _say(self, call: Call, others: "_Others") -> None:
        stream = None if call.copied is None else [others.text(call.copied).encode()]
        parameters = {name: others.value(one) for name, one in call.parameters.items()}
        refused, rows = "", None
        try:
            rows = self._session(call.role).run(call.sql, stream=stream, **parameters)
        except DatabaseError as error:
            refused = sqlstate(error)
            if refused != call.refused:
                raise Broken(f"{call.role} is refused: {error}: {call.sql}") from error
        count = None if rows is None else len(rows)
        if (count, refused) != (call.rows, call.refused):
            raise Broken(f"{call.role} gets {count} rows instead of {call.rows} {call.refused}: {call.sql}")
        for r, c, site in call.made:
            others.sites[site] = (rows or [])[r][c]


class _Others:
    """The same words of other people: everything that has to be unique is another."""

    def __init__(self, later: timedelta, recorded_at: datetime) -> None:
        self.sites: dict[int, int] = {}
        self._later = later
        self._recorded_at = recorded_at
        self._name = uuid4()

    def value(self, value: Any) -> Any:  # noqa: PLR0911 -- one for each type
        match value:
            case list():
                return [self.value(one) for one in value]
            case UUID():
                return uuid5(self._name, str(value))
            case bytes():
                return sha256(self._name.bytes + value).digest()
            case datetime() if value > self._recorded_at:
                return value + self._later  # an end that is still to come, then and now
            case str():
                return self.text(value)
            case int() if not isinstance(value, bool) and value >= FIRST_SITE:
                return self.sites.get(value, value)
        return value

    def text(self, text: str) -> str:
        token = self._name.hex[:12]
        text = _UUID.sub(lambda found: str(uuid5(self._name, found[0])), text)
        text = _DIGEST.sub(lambda found: self.value(bytes.fromhex(found[0])).hex(), text)
        text = _DOMAIN.sub(lambda found: f"{found[1]}-{token}.example", text)
        text = _PERSON.sub(lambda found: f"{found[1]}-{token}", text)
        text = _TEMPORARY.sub(lambda found: f"p09_temp_{uuid5(self._name, found[0]).hex[:12]}", text)
        return _SITE.sub(lambda found: str(self.sites.get(int(found[0]), found[0])), text)


class Serving:
    """Rounds without a pause, until it is stopped or something is not as it was."""

    def __init__(self, play: Callable[[], None]) -> None:
        self._play = play
        self._over = threading.Event()
        self._changed = threading.Condition()
        self.rounds = 0
        self.broken: Broken | None = None

    def work(self) -> None:
        while not self._over.is_set() and self.broken is None:
            try:
                self._play()
            except Broken as broken:
                self.broken = broken
            with self._changed:
                self.rounds += 1
                self._changed.notify_all()

    def stop(self) -> None:
        self._over.set()

    def wait_for(self, rounds: int) -> None:
        """Until as many more have ended, or one has not gone well."""
        with self._changed:
            wanted, deadline = self.rounds + rounds, time.monotonic() + ROUND_SECONDS
            while self.rounds < wanted and self.broken is None:
                if not self._changed.wait(deadline - time.monotonic()):
                    raise TimeoutError(f"{self.rounds} rounds of {wanted} after {ROUND_SECONDS:g} s")


@contextmanager
def serving(replay: Replay) -> Iterator[Serving]:
    found = Serving(replay.play)
    with ExitStack() as ends:
        thread = threading.Thread(target=found.work)
        thread.start()
        ends.callback(thread.join)
        ends.callback(found.stop)
        yield found
