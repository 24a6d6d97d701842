"""One HTTP request from the standard library alone, whose cold start is the prober's: answered in its time, or not.

Nothing is followed, nothing is sent again: a redirection or a second attempt would hide what a customer meets.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from shared.platform.tls import trust

MOST_BYTES: Final = 4 * 1024 * 1024
AGENT: Final = "P09-health-check"
_PART_BYTES: Final = 65536


class NoAnswer(Exception):
    """There was none, or not all of it in time. ``reached``: something was met at the address."""

    def __init__(self, why: str, *, reached: bool) -> None:
        super().__init__(why)
        self.reached = reached


@dataclass(frozen=True, kw_only=True)
class Request:
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``headers`` by their names in lower case; the body up to ``MOST_BYTES``."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: float


def exchange(request: Request, *, within: float) -> Answer:
    """Ask, for at most ``within`` seconds altogether, however slowly something trickles in. Raises NoAnswer."""
    started = time.perf_counter()
    url = urlsplit(request.url)
    connection = _connection(url.scheme, url.netloc, within)
    try:
        _connect(connection, url.netloc, within)
        with _cut_after(connection, within - (time.perf_counter() - started)) as cut:
            try:
                status, headers, body = _ask(
                    connection, request, f"{url.path or '/'}{'?' * bool(url.query)}{url.query}"
                )
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswer(_reason(error, within, cut=cut.is_set()), reached=True) from error
            except ValueError:  # its text has the header, which may be a key
                why = _late(within) if cut.is_set() else "the connection broke, or the request can't be sent"
                raise NoAnswer(why, reached=True) from None
            if cut.is_set():
                raise NoAnswer(_late(within), reached=True)
    finally:
        connection.close()
    return Answer(status=status, headers=headers, body=body, milliseconds=since(started))


def since(started: float) -> float:
    """Milliseconds since a moment of ``time.perf_counter``."""
    return round((time.perf_counter() - started) * 1000, 1)


def _connection(scheme: str, host: str, within: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, timeout=within, context=trust())
    return http.client.HTTPConnection(host, timeout=within)


def _connect(connection: http.client.HTTPConnection, host: str, within: float) -> None:
    try:
        connection.connect()
    except socket.gaierror as error:
        raise NoAnswer(f"the name {host} does not resolve ({error.strerror})", reached=False) from error
    except (ConnectionRefusedError, ConnectionResetError) as error:
        raise NoAnswer(f"the connection to {host} was refused", reached=True) from error
    except ssl.SSLError as error:
        raise NoAnswer(f"TLS with {host} failed: {error.reason or error}", reached=True) from error
    except TimeoutError as error:
        raise NoAnswer(f"no connection to {host} within {within:g} s", reached=False) from error
    except (OSError, ValueError) as error:
        raise NoAnswer(f"no connection to {host}: {error}", reached=False) from error


def _ask(connection: http.client.HTTPConnection, request: Request, target: str) -> tuple[int, dict[str, str], bytes]:
    connection.request(request.method, target, request.body, {"user-agent": AGENT, **request.headers})
    answer = connection.getresponse()
    body = b""
    while len(body) < MOST_BYTES and (part := answer.read(_PART_BYTES)):
        body += part
    if answer.length and len(body) < MOST_BYTES:
        raise http.client.IncompleteRead(body, answer.length)
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@contextmanager
def _cut_after(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """A socket's own timeout begins anew with each byte; this one does not."""
    cut = threading.Event()

    def end() -> None:
        cut.set()
        raw = connection.sock
        with suppress(OSError):
            if raw is not None:
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    timer = threading.Timer(max(seconds, 0), end)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()


def _reason(error: Exception, within: float, *, cut: bool) -> str:
    if cut or isinstance(error, TimeoutError):
        return _late(within)
    if isinstance(error, http.client.RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection was closed in the middle of the answer"
    if isinstance(error, http.client.HTTPException):
        return f"what came is not HTTP ({type(error).__name__}: {str(error)[:80]})"
    return f"the connection broke: {error}"


def _late(within: float) -> str:
    return f"no complete answer within {within:g} s"
