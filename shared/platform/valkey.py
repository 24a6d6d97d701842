"""Valkey: hiredis packs and parses the protocol, this file owns the socket.

redis-py costs a cold start more than FastAPI does, and by default sends a command again after a timeout, which would append an
event twice. Here nothing is ever sent twice: a caller who needs an answer and got none is told so.
"""

import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha1
from typing import Any, Final

import hiredis

Command = Sequence[str | bytes | int | float]

IDLE_SECONDS_BEFORE_PING: Final = 10.0
REST_AFTER_FAILURE_SECONDS: Final = 2.0
# From an endpoint to a node, from there to the primary; while a failover goes on, nodes may name each other.
HOPS: Final = 3
# Of a server that is a replica now, has lost its cluster, or is still reading its file.
_NOT_THE_PRIMARY: Final = frozenset({"MOVED", "READONLY", "CLUSTERDOWN", "LOADING", "MASTERDOWN"})
_INCOMPLETE: Final = object()
_pack: Callable[[tuple[str | bytes | float, ...]], bytes] = hiredis.pack_command  # type: ignore[assignment]  # its stub says tuples of one


class ValkeyUnavailable(Exception):
    """Valkey can't be reached or didn't answer in time; whether it carried out the commands is unknown."""


class ValkeyRefused(Exception):
    """Valkey answered a command with an error."""


class BadLogin(ValkeyUnavailable):
    """Valkey refused the password."""


class NotThePrimary(ValkeyUnavailable):
    """The server does not take commands, or not any more: after a failover it stays up, and connected, as a replica."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server is."""

    host: str
    port: int
    tls: bool = False


class Connection:
    """A socket and a parser. A connection that failed once is closed: half an answer may be on its way."""

    def __init__(self, raw: socket.socket) -> None:
        self._socket = raw
        self._reader = hiredis.Reader(notEnoughData=_INCOMPLETE)

    def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Send commands in one write and read as many replies."""
        self.send(commands)
        replies: list[Any] = []
        try:
            while len(replies) < len(commands):
                reply = self._reader.gets()
                if reply is _INCOMPLETE:
                    self._reader.feed(self._receive())
                else:
                    replies.append(reply)
        except (OSError, hiredis.ProtocolError) as error:
            self.close()
            raise ValkeyUnavailable(str(error)) from error
        return replies

    def send(self, commands: Sequence[Command]) -> None:
        try:
            self._socket.sendall(b"".join([_pack(tuple(command)) for command in commands]))
        except OSError as error:
            self.close()
            raise ValkeyUnavailable(str(error)) from error

    def is_stale(self) -> bool:
        """Whether the server ended the connection since its last use: nothing but an end can be waiting to be read."""
        readable, _, _ = select.select([self._socket], [], [], 0)
        return bool(readable)

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("Valkey closed the connection")
        return data


def open_connection(address: Address, *, password: str, timeout: float, connect_timeout: float = 1.0) -> Connection:
    """Connect to the primary and sign in; ``timeout`` (seconds) bounds each later wait.

    Raises
    ------
    ValkeyUnavailable
        the server can't be reached in time
    BadLogin
        it refused the password
    NotThePrimary
        the nodes do not agree on which of them it is
    """
    for _ in range(HOPS):
        connection = Connection(_connected(address, timeout, connect_timeout))
        answer, slots = connection.exchange([("AUTH", password), ("CLUSTER", "SLOTS")])
        if isinstance(answer, hiredis.ReplyError):
            connection.close()
            raise BadLogin(str(answer))
        primary = primary_of(slots)
        if primary in (None, (address.host, address.port)):
            return connection
        connection.close()  # a cluster's endpoint answers from any of its nodes
        address = replace(address, host=primary[0], port=primary[1])
    raise NotThePrimary(
        f"after {HOPS} nodes, {address.host}:{address.port} would be the next to be asked for the primary"
    )


def primary_of(slots: Any) -> tuple[str, int] | None:
    """Host and port of the node that holds all slots; None where there is no cluster, or it does not know its own name."""
    if isinstance(slots, hiredis.ReplyError) or not slots:
        return None
    host, port = slots[0][2][:2]
    return (host.decode(), int(port)) if host else None


def _is_of_no_primary(reply: Any) -> bool:
    return isinstance(reply, hiredis.ReplyError) and str(reply).partition(" ")[0] in _NOT_THE_PRIMARY


def _connected(address: Address, timeout: float, connect_timeout: float) -> socket.socket:
    try:
        raw = socket.create_connection((address.host, address.port), connect_timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if address.tls:
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=address.host)
        raw.settimeout(timeout)
    except OSError as error:
        raise ValkeyUnavailable(str(error)) from error
    return raw


class Valkey:
    """One connection, opened when first needed, checked after idling (environments freeze), reopened when broken."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._used_at = 0.0
        self._failed_at = -REST_AFTER_FAILURE_SECONDS

    def run(self, *command: str | bytes | float) -> Any:
        """Send one command and return its reply (bytes, int, None or lists of these)."""
        return self.pipeline([command])[0]

    def pipeline(self, commands: Sequence[Command], *, atomic: bool = False) -> list[Any]:
        """Send commands in one write and return their replies; ``atomic`` wraps them in MULTI and EXEC.

        Raises
        ------
        ValkeyUnavailable
            no connection, or no complete answer within the timeout
        NotThePrimary
            the server is not the primary (any more); the next call looks for the one that is
        ValkeyRefused
            one of the commands was answered with an error; the others were carried out
        """
        if atomic:
            commands = [("MULTI",), *commands, ("EXEC",)]
        with self._ready() as connection:
            replies = connection.exchange(commands)
            if other := next(filter(_is_of_no_primary, replies), None):
                connection.close()
                raise NotThePrimary(str(other))
        for command, reply in zip(commands, replies, strict=True):
            if isinstance(reply, hiredis.ReplyError):
                raise ValkeyRefused(f"{command[0]!s}: {reply}")
        return list(replies[-1]) if atomic else replies

    def tell(self, commands: Sequence[Command]) -> None:
        """Send commands and wait for no reply: for counters, which must not make anybody wait.

        Raises ``ValkeyUnavailable``, and does so at once for a while after a failure.
        """
        if self._connection is None and time.monotonic() - self._failed_at < REST_AFTER_FAILURE_SECONDS:
            raise ValkeyUnavailable("resting after a failure")
        quiet = [part for command in commands for part in (("CLIENT", "REPLY", "SKIP"), command)]
        with self._ready() as connection:
            connection.send(quiet)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _leave_a_replica(self, connection: Connection) -> None:
        """Or a server that is gone. What was the primary when it was last asked may have lost that place meanwhile."""
        try:
            (role,) = connection.exchange([("ROLE",)])
        except ValkeyUnavailable:
            self._connection = None
            return
        if isinstance(role, list) and role[0] != b"master":
            self.close()

    @contextmanager
    def _ready(self) -> Iterator[Connection]:
        """The connection, for one use; one that breaks is not used again."""
        if self._connection is not None and time.monotonic() - self._used_at > IDLE_SECONDS_BEFORE_PING:
            self._leave_a_replica(self._connection)
        if self._connection is not None and self._connection.is_stale():
            self.close()
        try:
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection
        except NotThePrimary:
            self._connection = None  # nobody has to rest: there is another
            raise
        except ValkeyUnavailable:
            self._connection = None
            self._failed_at = time.monotonic()
            raise
        self._used_at = time.monotonic()


class Script:
    """A script that Valkey carries out in one step; sent whole once, then by its hash, until Valkey is restarted."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._sha = sha1(text.encode(), usedforsecurity=False).hexdigest()  # by which Valkey names scripts

    def run(
        self, valkey: Valkey, keys: Sequence[str], words: Sequence[str | bytes | float], *, also: Sequence[Command] = ()
    ) -> Any:
        """Its answer; ``also`` goes along in the same round trip. Raises as ``Valkey.pipeline`` does."""
        try:
            return valkey.pipeline([("EVALSHA", self._sha, len(keys), *keys, *words), *also])[0]
        except ValkeyRefused as error:
            if "NOSCRIPT" not in str(error):
                raise
            return valkey.run("EVAL", self._text, len(keys), *keys, *words)
