"""Valkey: hiredis packs and parses the protocol, this file owns the socket.

redis-py costs a cold start more than FastAPI does, and by default sends a command again after a timeout, which would append an
event twice. Here nothing is ever sent twice: a caller who needs an answer and got none is told so.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import hiredis

Command = Sequence[str | bytes | int | float]

IDLE_SECONDS_BEFORE_PING: Final = 10.0
REST_AFTER_FAILURE_SECONDS: Final = 2.0
_INCOMPLETE: Final = object()


class ValkeyUnavailable(Exception):
    """Valkey can't be reached or didn't answer in time; whether it carried out the commands is unknown."""


class ValkeyRefused(Exception):
    """Valkey answered a command with an error."""


@dataclass(frozen=True, kw_only=True)
class Address:
    host: str
    port: int
    tls: bool = False


class Valkey:
    """One connection, opened when first needed. ``password`` is asked for at each connect: a rotated one is picked up."""

    def __init__(
        self, address: Address, password: Callable[[], str], *, timeout: float = 2.0, connect_timeout: float = 1.0
    ) -> None:
        self._address = address
        self._password = password
        self._timeout = timeout
        self._connect_timeout = connect_timeout
        self._socket: socket.socket | None = None
        self._reader = hiredis.Reader(notEnoughData=_INCOMPLETE)
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
        ValkeyRefused
            one of the commands was answered with an error; the others were carried out
        """
        if atomic:
            commands = [("MULTI",), *commands, ("EXEC",)]
        replies = self._exchange(self._ready(), commands)
        for command, reply in zip(commands, replies, strict=True):
            if isinstance(reply, hiredis.ReplyError):
                raise ValkeyRefused(f"{command[0]!s}: {reply}")
        return list(replies[-1]) if atomic else replies

    def tell(self, commands: Sequence[Command]) -> None:
        """Send commands and wait for no reply: for counters, which must not make anybody wait.

        Raises ``ValkeyUnavailable`` at once for a while after a failed connect.
        """
        if self._socket is None and time.monotonic() - self._failed_at < REST_AFTER_FAILURE_SECONDS:
            raise ValkeyUnavailable("resting after a failed connect")
        quiet = [part for command in commands for part in (("CLIENT", "REPLY", "SKIP"), command)]
        self._send(self._ready(), quiet)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ready(self) -> socket.socket:
        if self._socket is not None and time.monotonic() - self._used_at > IDLE_SECONDS_BEFORE_PING:
            try:
                self._exchange(self._socket, [("PING",)])
            except ValkeyUnavailable:
                self.close()
        if self._socket is None:
            self._socket = self._connect()
        return self._socket

    def _connect(self) -> socket.socket:
        self._reader = hiredis.Reader(notEnoughData=_INCOMPLETE)
        try:
            connection = socket.create_connection(
                (self._address.host, self._address.port), self._connect_timeout
            )
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._address.tls:
                connection = ssl.create_default_context().wrap_socket(
                    connection, server_hostname=self._address.host
                )
            connection.settimeout(self._timeout)
        except OSError as error:
            self._failed_at = time.monotonic()
            raise ValkeyUnavailable(str(error)) from error
        answer = self._exchange(connection, [("AUTH", self._password())])[0]
        if isinstance(answer, hiredis.ReplyError):
            connection.close()
            raise ValkeyUnavailable(str(answer))
        return connection

    def _exchange(self, connection: socket.socket, commands: Sequence[Command]) -> list[Any]:
        self._send(connection, commands)
        replies: list[Any] = []
        try:
            while len(replies) < len(commands):
                reply = self._reader.gets()
                if reply is _INCOMPLETE:
                    data = connection.recv(65536)
                    if not data:
                        raise ConnectionError("Valkey closed the connection")
                    self._reader.feed(data)
                else:
                    replies.append(reply)
        except (OSError, hiredis.ProtocolError) as error:
            self._break(connection)
            raise ValkeyUnavailable(str(error)) from error
        self._used_at = time.monotonic()
        return replies

    def _send(self, connection: socket.socket, commands: Sequence[Command]) -> None:
        try:
            connection.sendall(b"".join([hiredis.pack_command(tuple(command)) for command in commands]))
        except OSError as error:
            self._break(connection)
            raise ValkeyUnavailable(str(error)) from error

    def _break(self, connection: socket.socket) -> None:
        """Half an answer may be on its way: nothing that comes later can be trusted."""
        self._failed_at = time.monotonic()
        connection.close()
        self._socket = None
