"""TLS to PostgreSQL and Valkey, as functions speak it in AWS and on this machine."""

import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from pg8000.exceptions import InterfaceError
from pg8000.native import Connection

from local.tls_proxy.authority import Papers, papers
from local.tls_proxy.beside import Beside
from local.tls_proxy.relay import Kind
from shared.platform import postgres, valkey
from shared.platform.failures import PostgresUnavailable
from shared.platform.tls import trust
from shared.platform.valkey import ValkeyUnavailable
from tests.conftest import PASSWORDS, MigratedDatabase
from tests.servers import HOST, ValkeyServer, server_folder

LARGE = 3_000_000


@pytest.fixture(autouse=True)
def _fresh_trust() -> Iterator[None]:
    trust.cache_clear()
    yield
    trust.cache_clear()


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("tls"), datetime.now(UTC))


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("another-authority"), datetime.now(UTC))


@contextmanager
def _proxy(found: Papers, kind: Kind, target: int) -> Iterator[int]:
    with closing(_Closing(found.folder, kind, target)) as proxy:
        yield proxy.port


class _Closing(Beside):
    def close(self) -> None:
        self.stop()


@pytest.fixture(scope="module")
def valkey_server() -> Iterator[ValkeyServer]:
    with server_folder("tls-valkey") as folder, ValkeyServer(folder=folder) as server:
        yield server


def _address(migrated: MigratedDatabase, port: int, authority: Path) -> postgres.Address:
    return postgres.Address(host=HOST, port=port, database=migrated.name, tls_ca=str(authority))


def _connect(address: postgres.Address) -> Connection:
    return postgres.connect(address, user="p09_api", password=PASSWORDS["p09_api"], application="test", timeout=10)


def _valkey(port: int, server: ValkeyServer) -> valkey.Valkey:
    address = valkey.Address(host=HOST, port=port, tls=True)
    return valkey.Valkey(lambda: valkey.open_connection(address, password=server.password, timeout=10))


def test_postgresql_is_reached_by_tls_and_every_byte_arrives(migrated: MigratedDatabase, ours: Papers) -> None:
    with (
        _proxy(ours, "postgres", migrated.server.port) as port,
        _connect(_address(migrated, port, ours.authority)) as connection,
    ):
        assert isinstance(connection._usock, ssl.SSLSocket)
        text = "äö" * LARGE
        assert connection.run("select :text, length(:text)", text=text) == [[text, 2 * LARGE]]


def test_a_certificate_of_another_authority_is_refused_and_the_error_says_which_file_does_not_know_it(
    migrated: MigratedDatabase, ours: Papers, others: Papers
) -> None:
    with _proxy(ours, "postgres", migrated.server.port) as port, pytest.raises(PostgresUnavailable) as refused:
        _connect(_address(migrated, port, others.authority))
    said = f"{HOST}:{port} has a certificate that no authority in {others.authority} vouches for: "
    assert str(refused.value) == f"{said}unable to get local issuer certificate"


def test_who_does_not_ask_postgresql_for_tls_gets_no_further(migrated: MigratedDatabase, ours: Papers) -> None:
    with _proxy(ours, "postgres", migrated.server.port) as port, pytest.raises((InterfaceError, OSError)):
        Connection("p09_api", host=HOST, port=port, database=migrated.name, password="", timeout=10, ssl_context=False)


def test_a_postgresql_that_is_down_is_unreachable_by_tls_as_well(ours: Papers, migrated: MigratedDatabase) -> None:
    with _proxy(ours, "postgres", 1) as port, pytest.raises(PostgresUnavailable):
        _connect(_address(migrated, port, ours.authority))


def test_valkey_is_reached_by_tls_on_one_connection_and_every_byte_arrives(
    ours: Papers, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.trusted))
    with _proxy(ours, "valkey", valkey_server.port) as port, closing(_valkey(port, valkey_server)) as client:
        client.run("SET", "large", b"x" * LARGE)
        first, large, second = client.run("CLIENT", "ID"), client.run("GET", "large"), client.run("CLIENT", "ID")
        assert large == b"x" * LARGE
        # What TLS itself sends after the handshake is not taken for an end.
        assert first == second


def test_redis_py_reaches_valkey_by_tls(
    ours: Papers, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.trusted))
    with (
        _proxy(ours, "valkey", valkey_server.port) as port,
        redis.Redis(host=HOST, port=port, password=valkey_server.password, ssl=True, socket_timeout=10) as client,
    ):
        assert client.ping()


def test_a_valkey_whose_authority_the_machine_does_not_know_is_refused_and_the_error_says_so(
    ours: Papers, others: Papers, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(others.trusted))
    with (
        _proxy(ours, "valkey", valkey_server.port) as port,
        closing(_valkey(port, valkey_server)) as client,
        pytest.raises(ValkeyUnavailable) as refused,
    ):
        client.run("PING")
    assert str(refused.value).startswith(
        f"{HOST}:{port} has a certificate that no authority of this machine vouches for: "
    )


def test_a_valkey_that_was_killed_is_found_again_behind_its_proxy(
    ours: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.trusted))
    with (
        server_folder("killed-valkey") as folder,
        ValkeyServer(folder=folder) as server,
        _proxy(ours, "valkey", server.port) as port,
        closing(_valkey(port, server)) as client,
    ):
        client.run("SET", "a", "1")
        server.kill()
        with pytest.raises(ValkeyUnavailable):
            client.run("GET", "a")
        server.start()
        assert client.run("GET", "a") == b"1"
