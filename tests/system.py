"""A deployed local system, customers of it and a browser, for end-to-end tests and stories."""

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.api import Api
from local.customers import SiteAccess
from local.state import State
from tests.e2e.local_system import LocalSystem

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--state", help="state folder of a running local system to use, instead of a new one")


@pytest.fixture(scope="session")
def system(request: pytest.FixtureRequest) -> Iterator[LocalSystem]:
    running = request.config.getoption("--state", default=None)
    if running:
        yield LocalSystem(State(Path(running).resolve()))
        return
    with tempfile.TemporaryDirectory(prefix="p09-e2e-", ignore_cleanup_errors=True) as folder:
        system = LocalSystem(State(Path(folder)))
        try:
            system.start()
            yield system
        finally:
            system.stop()  # also what did not become ready in time


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from local.browser import chromium  # tests without a browser do not wait for its import

    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(system: LocalSystem) -> SiteAccess:
    """A site that tests share when its numbers don't matter to them."""
    return system.new_site(new_domain())


@pytest.fixture
def fresh_site(system: LocalSystem) -> SiteAccess:
    return system.new_site(new_domain())


@pytest.fixture
def writer(system: LocalSystem, fresh_site: SiteAccess) -> Api:
    return Api(system.url, fresh_site.write_key)


@pytest.fixture
def reader(system: LocalSystem, fresh_site: SiteAccess) -> Api:
    return Api(system.url, fresh_site.read_key)


def new_domain() -> str:
    """A host name of its own; browsers find all names under localhost on this machine."""
    return f"site-{secrets.token_hex(4)}.localhost"


def put_last(items: list[pytest.Item], folder: Path, *files: str) -> None:
    """Tests of a folder share one system: the files that disturb it come last, in this order."""
    items.sort(
        key=lambda item: files.index(item.path.name) if item.path.parent == folder and item.path.name in files else -1
    )
