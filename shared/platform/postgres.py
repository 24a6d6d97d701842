"""PostgreSQL by pg8000: one connection per Lambda environment, one way to open a transaction."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from shared.platform.failures import PostgresBadLogin, PostgresUnavailable
from shared.platform.tls import trust

IDLE_SECONDS_BEFORE_PING = 10.0
CONNECT_SECONDS = 3.0
_READ_ONLY = "25006"


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a database is. ``tls_ca`` is the path of a CA bundle; empty means plaintext, for loopback only."""

    host: str
    port: int
    database: str
    tls_ca: str = ""


def connect(
    address: Address, *, user: str, password: str, application: str, timeout: float | None = None
) -> Connection:
    """Open a connection. ``timeout`` (seconds) bounds every wait for the server, not only the connect.

    Raises
    ------
    PostgresUnavailable
        the server can't be reached in time or refuses the credentials
    """
    tls = trust(address.tls_ca) if address.tls_ca else None
    try:
        connection = Connection(
            user,
            host=address.host,
            port=address.port,
            database=address.database,
            password=password,
            # None would ask the server, and read all of the machine's authorities before that.
            ssl_context=tls or False,
            application_name=application,
            timeout=timeout or CONNECT_SECONDS,
            tcp_keepalive=True,
        )
    except ssl.SSLCertVerificationError as error:
        server = f"{address.host}:{address.port}"
        raise PostgresUnavailable(
            f"{server} has a certificate that no authority in {address.tls_ca} vouches for: {error.verify_message}"
        ) from error
    except (DatabaseError, InterfaceError, OSError) as error:
        refused = isinstance(error, DatabaseError) and sqlstate(error).startswith("28")
        raise (PostgresBadLogin if refused else PostgresUnavailable)(_reason(error)) from error
    connection._usock.settimeout(timeout)  # noqa: SLF001 -- pg8000 has one timeout for connecting and reading
    # What is longer than the driver's buffer goes out in pieces: without this the last of them waits 40 ms for an acknowledgement.
    connection._usock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # noqa: SLF001 -- as above
    return connection


class Database:
    """One connection, opened when first needed, checked after idling (environments freeze), reopened when broken."""

    def __init__(self, open_connection: Callable[[], Connection]) -> None:
        self._open = open_connection
        self._connection: Connection | None = None
        self._used_at = 0.0

    @contextmanager
    def transaction(self, organisations: Iterable[UUID] = (), **settings: str) -> Iterator[Connection]:
        """Run a transaction on behalf of some organisations; row-level security shows nobody else's rows.

        ``settings`` become ``p09.<name>`` for this transaction (a presented key, a subject, a domain).

        Raises
        ------
        PostgresUnavailable
            the server is down or went away; the transaction was not committed, or the commit's answer was lost
        """
        connection = self._begun()
        try:
            act_for(connection, organisations, **settings)
            yield connection
            connection.run("commit")
        except (InterfaceError, OSError) as error:
            self.close()
            raise PostgresUnavailable(_reason(error)) from error
        except DatabaseError as error:
            if _server_went_away(error):
                self.close()
                raise PostgresUnavailable(_reason(error)) from error
            self._roll_back(connection)
            raise
        except BaseException:
            self._roll_back(connection)
            raise
        self._used_at = time.monotonic()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except (InterfaceError, OSError):
                return  # it was broken already, which is why it is closed

    def connection(self) -> Connection:
        """The connection itself, for who needs no transaction or makes their own. Raises ``PostgresUnavailable``."""
        if self._connection is not None and time.monotonic() - self._used_at > IDLE_SECONDS_BEFORE_PING:
            try:
                self._connection.run("select 1")
            except (InterfaceError, DatabaseError, OSError):
                self.close()
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _begun(self) -> Connection:
        """A connection with a transaction begun. One that broke since its last use is replaced: nothing was written yet."""
        reused = self._connection is not None
        try:
            connection = self.connection()
            connection.run("begin")
        except (InterfaceError, DatabaseError, OSError) as error:
            self.close()
            if reused:
                return self._begun()
            raise PostgresUnavailable(_reason(error)) from error
        return connection

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.run("rollback")
        except (InterfaceError, DatabaseError, OSError):
            self.close()


@contextmanager
def writing(connection: Connection, organisations: Iterable[UUID] = ()) -> Iterator[None]:
    """A transaction that writes although the database is closed to writers."""
    connection.run("begin read write")
    try:
        act_for(connection, organisations)
        yield
    except BaseException:
        connection.run("rollback")
        raise
    connection.run("commit")


def act_for(connection: Connection, organisations: Iterable[UUID], **settings: str) -> None:
    """Let the rest of the current transaction act for these organisations."""
    values = {"organisations": ",".join(map(str, organisations)), **settings}
    for name, value in values.items():
        if value:
            connection.run("select set_config(:name, :value, true)", name=f"p09.{name}", value=value)


def sqlstate(error: DatabaseError) -> str:
    """The five-character SQLSTATE of a server's error; empty when it came without one."""
    details = error.args[0] if error.args else None
    return str(details.get("C", "")) if isinstance(details, dict) else ""


def violates_row_security(error: DatabaseError) -> bool:
    """A row for somebody else; a missing grant has the same SQLSTATE but another origin in the server."""
    return sqlstate(error) == "42501" and error.args[0].get("R") == "ExecWithCheckOptions"


def _server_went_away(error: DatabaseError) -> bool:
    """Or takes no writes for a while, as long as a restore is promoted."""
    return sqlstate(error)[:2] in {"08", "57", "53", "58"} or sqlstate(error) == _READ_ONLY


def _reason(error: Exception) -> str:
    details = error.args[0] if error.args else None
    return str(details.get("M", details)) if isinstance(details, dict) else str(error)
