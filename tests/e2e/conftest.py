import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from local.api import Api
from local.browser import chromium
from local.customers import SiteAccess
from local.state import State
from tests.e2e.local_system import LocalSystem

LAST = ("test_backups.py", "test_operations.py", "test_redeploy.py", "test_failures.py", "test_restart.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--state", help="state folder of a running local system to use, instead of a new one")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One local system, so one of pytest-xdist's workers; those that take it down come last."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("e2e"))
    items.sort(key=lambda item: LAST.index(item.path.name) if item.path.name in LAST else -1)


@pytest.fixture(scope="session")
def system(request: pytest.FixtureRequest) -> Iterator[LocalSystem]:
    running = request.config.getoption("--state", default=None)
    if running:
        yield LocalSystem(State(Path(running).resolve()))
        return
    with tempfile.TemporaryDirectory(prefix="p09-e2e-", ignore_cleanup_errors=True) as folder:
        system = LocalSystem(State(Path(folder)))
        system.start()
        yield system
        system.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
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
