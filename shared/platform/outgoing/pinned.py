"""Connections to addresses that were checked before, to these very addresses, and for no longer than a deadline."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from shared.platform.outgoing.addresses import Address, is_public, parse_addresses
from shared.platform.outgoing.origins import DEFAULT_PORTS, Origin, OutgoingRefused, OutgoingUnavailable
from shared.platform.tls import trust

T = TypeVar("T")


class Network(Protocol):
    """What connects to the world."""

    def resolve(self, host: str, port: int) -> list[str]: ...
    def connect(self, address: str, port: int, timeout: float) -> socket.socket: ...
    def trust(self) -> ssl.SSLContext: ...


class Internet:
    """The real one. ``resolve`` takes what ``getaddrinfo`` takes, decimal and octal forms as well: all come out as addresses."""

    def resolve(self, host: str, port: int) -> list[str]:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))

    def connect(self, address: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((address, port), timeout)

    def trust(self) -> ssl.SSLContext:
        return trust()


def resolve(origin: Origin, deadline: float, network: Network, *, anywhere: bool = False) -> list[Address]:
    """All addresses of an origin; unless ``anywhere``, none that is not on the Internet may be among them."""
    try:
        addresses = parse_addresses(_in_time(lambda: network.resolve(origin.host, origin.port), deadline))
    except UnicodeError as error:  # a label that is empty or too long
        raise OutgoingRefused(f"{origin.host!r} is no host name: {error}") from error
    if not addresses:
        raise OutgoingUnavailable(f"{origin.host} has no address")
    if not anywhere and not all(map(is_public, addresses)):
        raise OutgoingRefused(f"{origin.host} is not on the Internet: {', '.join(map(str, addresses))}")
    return addresses


@contextmanager
def connected(
    origin: Origin, addresses: Sequence[Address], deadline: float, network: Network
) -> Iterator[http.client.HTTPConnection]:
    """A connection for HTTP to the first of the addresses that answers; cut off at the deadline, whatever it is doing then.

    A time-out of the socket alone starts anew with every byte: who sends one now and then would hold it for ever.
    """
    with closing(_first_that_answers(addresses, origin.port, deadline, network)) as raw:
        stream = _encrypted(raw, origin, network) if origin.scheme == "https" else raw
        with closing(stream), _cut_off(stream, deadline) as is_over:
            try:
                if isinstance(stream, ssl.SSLSocket):
                    stream.do_handshake()
                yield _http(origin, stream)
            finally:
                if is_over():
                    raise OutgoingUnavailable(f"{origin}: no complete answer in time")


def _encrypted(raw: socket.socket, origin: Origin, network: Network) -> ssl.SSLSocket:
    return network.trust().wrap_socket(raw, server_hostname=origin.host, do_handshake_on_connect=False)


def _http(origin: Origin, stream: socket.socket) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(origin.host, origin.port)
    connection.default_port = DEFAULT_PORTS[origin.scheme]  # is left out of ``Host``
    connection.auto_open = 0  # by itself it would connect anew, by the name
    connection.sock = stream
    return connection


def _first_that_answers(addresses: Sequence[Address], port: int, deadline: float, network: Network) -> socket.socket:
    failure: OSError = TimeoutError("not in time")
    for n, address in enumerate(addresses):
        try:
            return network.connect(str(address), port, _remaining(deadline) / (len(addresses) - n))
        except OSError as error:
            failure = error
    raise failure


@contextmanager
def _cut_off(stream: socket.socket, deadline: float) -> Iterator[Callable[[], bool]]:
    over = threading.Event()

    def cut() -> None:
        over.set()
        # Not the TLS socket's own, which takes the encryption away from under whoever reads.
        with suppress(OSError):
            socket.socket.shutdown(stream, socket.SHUT_RDWR)

    stream.settimeout(None)
    timer = threading.Timer(_remaining(deadline), cut)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()


def _in_time(act: Callable[[], T], deadline: float) -> T:
    """For what takes no time-out itself, as the resolver."""
    outcome: SimpleQueue[T | Exception] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put(act())
        except Exception as error:  # noqa: BLE001 -- raised again below
            outcome.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        found = outcome.get(timeout=_remaining(deadline))
    except Empty:
        raise OutgoingUnavailable("the name was not resolved in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def _remaining(deadline: float) -> float:
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise OutgoingUnavailable("no answer in time")
    return remaining
