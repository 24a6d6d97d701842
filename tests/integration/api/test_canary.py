"""The canary on real servers: its site is made by a deployment, its event goes the way that customers' events go."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import uvicorn

from functions.migrate.canary import DOMAIN, ensure_canary
from shared.health.canary import ORGANISATION, Keys, Limits, canary_check, read_keys, reading_check
from shared.health.checks import made
from shared.health.exchange import NoAnswer, Request, exchange
from shared.health.model import Result
from shared.platform.aws.signed import AwsUnavailable
from shared.platform.postgres import Database
from shared.platform.refusals import NotNow
from shared.platform.valkey import Address, Valkey, open_connection
from shared.storage.drain import drain
from tests.conftest import MigratedDatabase
from tests.integration.api.conftest import Api
from tests.pipeline import add_site
from tests.servers import HOST, ValkeyServer

LIMITS = Limits(timeout=10, within=30)


@dataclass
class Secret:
    """Of Secrets Manager, in memory; ``broken`` refuses to be written."""

    text: str = '{"username": "canary", "password": "made up by AWS"}'
    broken: bool = False

    def read(self) -> str:
        return self.text

    def write(self, text: str) -> None:
        if self.broken:
            raise AwsUnavailable("timed out")
        self.text = text

    @property
    def keys(self) -> Keys:
        keys = read_keys(self.text)
        assert keys is not None
        return keys


def ensure(database: Database, secret: Secret) -> bool:
    return ensure_canary(database, secret.read, secret.write)


@pytest.fixture
def admin(migrated: MigratedDatabase) -> Database:
    return migrated.database("p09_admin")


def live(migrated: MigratedDatabase) -> list[str]:
    """Prefixes of the canary's keys that open."""
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        rows = superuser.run(
            "select prefix from keys where organisation_id = :id and revoked_at is null order by kind", id=ORGANISATION
        )
    return [prefix for (prefix,) in rows or []]


def prefixes(keys: Keys) -> list[str]:
    return [key.reveal().rpartition("_")[0] for key in (keys.write_key, keys.read_key)]


def test_the_first_deploy_makes_site_and_keys_and_the_next_keeps_them(
    migrated: MigratedDatabase, admin: Database
) -> None:
    secret = Secret()
    assert ensure(admin, secret) is True
    first = secret.text
    assert ensure(admin, secret) is False
    assert secret.text == first
    assert live(migrated) == prefixes(secret.keys)


@pytest.mark.parametrize("lost", ["{}", "", '{"site_id": "1", "write_key": "p09w_x", "read_key": "p09r_y"}'])
def test_a_secret_that_was_lost_gets_new_keys_and_the_old_ones_are_revoked(
    migrated: MigratedDatabase, admin: Database, lost: str
) -> None:
    secret = Secret()
    ensure(admin, secret)
    old, secret.text = secret.keys, lost
    assert ensure(admin, secret) is True
    assert secret.keys.site_id == old.site_id
    assert live(migrated) == prefixes(secret.keys) != prefixes(old)


def test_keys_that_were_revoked_are_replaced(migrated: MigratedDatabase, admin: Database) -> None:
    secret = Secret()
    ensure(admin, secret)
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        superuser.run("update keys set revoked_at = now() where kind = 'read'")
    assert ensure(admin, secret) is True
    assert live(migrated) == prefixes(secret.keys)


def test_keys_swapped_or_of_another_site_are_replaced(migrated: MigratedDatabase, admin: Database) -> None:
    secret = Secret()
    ensure(admin, secret)
    keys = secret.keys
    secret.text = json.dumps(
        {"site_id": keys.site_id, "write_key": keys.read_key.reveal(), "read_key": keys.write_key.reveal()}
    )
    assert ensure(admin, secret) is True
    secret.text = json.dumps(json.loads(secret.text) | {"site_id": "999"})
    assert ensure(admin, secret) is True


def test_a_deploy_that_is_cut_short_is_mended_by_the_next(migrated: MigratedDatabase, admin: Database) -> None:
    secret = Secret()
    ensure(admin, secret)
    before, secret.text, secret.broken = secret.keys, "{}", True
    with pytest.raises(AwsUnavailable):
        ensure(admin, secret)
    assert set(prefixes(before)) < set(live(migrated))
    secret.broken = False
    assert ensure(admin, secret) is True
    assert live(migrated) == prefixes(secret.keys)


def test_a_customer_who_has_the_domain_is_named_as_the_reason(migrated: MigratedDatabase, admin: Database) -> None:
    add_site(migrated.database("p09_api"), DOMAIN)
    with pytest.raises(NotNow, match="belongs to a customer's site"):
        ensure(admin, Secret())


def test_customers_do_not_see_the_canary(api: Api, admin: Database) -> None:
    ensure(admin, Secret())
    listed = api.as_person("GET", "/v1/sites").json()["sites"]
    assert [site["domain"] for site in listed] == ["shop.example"]
    names = [one["name"] for one in api.as_person("GET", "/v1/organisations").json()["organisations"]]
    assert names == ["Acme"]


@contextmanager
def over_http(api: Api) -> Iterator[str]:
    """The API on a port, for who does not call it in process."""
    server = uvicorn.Server(uvicorn.Config(api.client.app, log_level="error", lifespan="off"))
    with socket.create_server((HOST, 0)) as listening:  # whoever comes before the server has started waits
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def worker(api: Api, server: ValkeyServer) -> Iterator[None]:
    """Drains the stream over and over, as the worker does when it is woken, on connections of its own."""
    stopped = threading.Event()
    address = Address(host=HOST, port=server.port)
    valkey = Valkey(lambda: open_connection(address, password=server.password, timeout=10))
    database = api.migrated.database("p09_worker")

    def work() -> None:
        while not stopped.wait(0.05):
            drain(valkey, database, lambda: True)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        valkey.close()


def test_an_event_goes_the_whole_way_and_is_seen_once(api: Api, admin: Database, valkey_server: ValkeyServer) -> None:
    secret = Secret()
    ensure(admin, secret)
    with over_http(api) as url, worker(api, valkey_server):
        until_ready(url)
        for run in ("run-1", "run-1", "run-2"):
            outcome = made(canary_check(url, secret.keys, run, LIMITS))
            assert outcome.result is Result.PASSED, outcome
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        assert superuser.run("select count(*) from events") == [[2]]


def test_without_a_worker_the_event_is_accepted_and_never_seen(api: Api, admin: Database) -> None:
    secret = Secret()
    ensure(admin, secret)
    with over_http(api) as url:
        until_ready(url)
        outcome = made(canary_check(url, secret.keys, "run-1", Limits(timeout=10, within=1)))
    assert outcome.result is Result.FAILED
    assert "is not seen in a query within 1 s" in outcome.why


def test_where_no_event_is_taken_its_numbers_are_asked_for_and_nothing_is_sent(api: Api, admin: Database) -> None:
    secret = Secret()
    ensure(admin, secret)
    with over_http(api) as url:
        until_ready(url)
        outcome = made(reading_check(url, secret.keys, LIMITS))
        assert (outcome.result, outcome.why) == (
            Result.PASSED, "its site's last day was asked for: 0 pageviews; no event was sent",
        )  # fmt: skip
        with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
            assert superuser.run("select count(*) from events") == [[0]]
    assert made(reading_check(url, secret.keys, LIMITS)).result is Result.FAILED  # nobody answers there any more


def until_ready(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            exchange(Request(url=f"{url}/health"), within=10)
        except NoAnswer:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
