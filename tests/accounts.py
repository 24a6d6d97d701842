"""Accounts with a user pool and an outgoing mail in memory."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.accounts.carry_out import Impossible, PoolUser, Ports, carry_out
from shared.accounts.message import Message
from shared.accounts.model import Account, ask
from shared.accounts.store import AccountStore
from tests.memory_table import MemoryTable

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADA = "ada@example.com"
CONSOLE = "https://console.example"


@dataclass
class FakePool:
    """``users`` are whether somebody is new, by their address."""

    users: dict[str, bool] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)

    def find(self, email: str) -> PoolUser | None:
        return PoolUser(subject=f"sub-{email}", is_new=self.users[email]) if email in self.users else None

    def create(self, email: str, name: str, password: str) -> PoolUser:
        assert name
        self.users[email] = True
        self.passwords[email] = password
        return PoolUser(subject=f"sub-{email}", is_new=True)

    def set_temporary_password(self, email: str, password: str) -> None:
        self.passwords[email] = password

    def set_roles(self, email: str, roles: tuple[str, ...]) -> None:
        self.roles[email] = roles

    def enable(self, email: str) -> None:
        self.disabled.discard(email)

    def disable(self, email: str) -> None:
        self.disabled.add(email)


@dataclass
class World:
    table: MemoryTable = field(default_factory=MemoryTable)
    pool: FakePool = field(default_factory=FakePool)
    sent: list[tuple[str, Message]] = field(default_factory=list)
    refused: str = ""

    @property
    def store(self) -> AccountStore:
        return AccountStore(self.table)

    def send(self, address: str, message: Message) -> None:
        if self.refused:
            raise Impossible(self.refused)
        self.sent.append((address, message))

    def asked(
        self, wanted: Any, email: str = ADA, *, now: datetime = NOW, by: str = "lead@example.com", **more: Any
    ) -> Account:
        before = self.store.get(email)
        after = ask(before, wanted, email, by=by, now=now, **more)
        self.store.ask(before, after)
        return after

    @property
    def ports(self) -> Ports:
        return Ports(store=self.store, pool=self.pool, send=self.send, clock=lambda: NOW, console_url=CONSOLE)

    def done(self, account: Account) -> Account:
        return carry_out(account, self.ports)
