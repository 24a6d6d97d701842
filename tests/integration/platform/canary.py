"""A server that must not be reached, and a network in which every connection reaches it, whatever the address."""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.platform.outgoing.pinned import Internet

PUBLIC = "93.184.215.14"


@dataclass(frozen=True)
class Heard:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = tuple[int, Mapping[str, str], bytes]


class Canary:
    """Answers as ``answers`` says by path, ``200`` otherwise; remembers every connection and request."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self.connections = 0
        self.heard: list[Heard] = []
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]] = {}
        canary = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                canary.heard.append(Heard(self.command, self.path, headers, self.rfile.read(length)))
                answer = canary.answers.get(self.path, (200, {}, b"ok"))
                if callable(answer):
                    answer(self)
                    return
                status, fields, body = answer
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 -- the base class' name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server's own name
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def get_request(self) -> tuple[socket.socket, object]:
                raw, address = self.socket.accept()
                canary.connections += 1
                return (trust.wrap_socket(raw, server_side=True) if trust else raw), address

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that leaves early is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class World(Internet):
    """Names resolve as ``names`` says, one list of addresses for each time; everything else as it really does."""

    canary: Canary
    names: Mapping[str, list[list[str]]] = field(default_factory=dict)
    trusted: Path | None = None
    asked: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host in self.names:
            answers = self.names[host]
            return answers[min(self.asked.count(host), len(answers)) - 1]
        return super().resolve(host, port)

    def connect(self, address: str, port: int, timeout: float) -> socket.socket:
        self.connected.append((address, port))
        return super().connect("127.0.0.1", self.canary.port, timeout)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.trusted) if self.trusted else super().trust()


@contextmanager
def tls_canary(host: str, folder: Path) -> Iterator[tuple[Canary, Path]]:
    """A canary with a certificate for ``host``, and the certificate to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    with Canary(context) as canary:
        yield canary, public
