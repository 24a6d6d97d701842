"""A console that is open while another build of it is deployed goes on with the files of its own."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from local.people import operations_person
from local.state import ACCOUNT, REGION, ROOT
from local.web import BUILT
from tests.e2e.local_system import LocalSystem
from tests.e2e.stacks import deploy, template_of

STACK: Final = "P09-local-Web"
SECONDS: Final = 30  # for a page, on a machine that does much else
# A page that is fetched when it is first opened, and a title that stands on it.
SOURCE: Final = "src/features/calendar/CalendarPage.tsx"
TITLE: Final = "Maintenances and freezes"
NEXT_TITLE: Final = "Freezes and maintenances"
NOT_SHOWN: Final = "This page could not be shown"


@pytest.fixture
def page(system: LocalSystem, browser: Browser) -> Iterator[Page]:
    """Today is open: of the other pages nothing was fetched yet."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)
    person = operations_person("P09-SRE")
    page.goto(f"{system.url}/operations/today")
    page.get_by_role("button", name=f"{person.name} {person.role}").click()
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()
    yield page
    context.close()


@pytest.fixture(scope="module")
def next_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console, built again with another title on one of its pages."""
    folder = tmp_path_factory.mktemp("console")
    web = folder / "web"
    shutil.copytree(ROOT / "web", web, ignore=shutil.ignore_patterns("dist", "tests"))
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    source = web / SOURCE
    assert TITLE in source.read_text()
    source.write_text(source.read_text().replace(TITLE, NEXT_TITLE))
    node = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/vite/bin/vite.js"), "build"]
    done = subprocess.run(node, cwd=web, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return web / "dist"


@pytest.fixture
def next_deployed(system: LocalSystem, page: Page, next_build: Path) -> Iterator[None]:
    """The next build, deployed while the page is open; afterwards the console is as it was."""
    assert page.url.startswith(system.url)
    before = template_of(system, STACK)
    [publication] = [one for one in before["Resources"].values() if one["Type"] == "Custom::WebContent"]
    properties = publication["Properties"]
    archive = _zip(next_build)
    key = f"{hashlib.sha256(archive).hexdigest()}.zip"
    bucket = (
        properties["AssetBucket"]["Fn::Sub"].replace("${AWS::AccountId}", ACCOUNT).replace("${AWS::Region}", REGION)
    )
    system.aws("s3").put_object(Bucket=bucket, Key=key, Body=archive)
    # The policy of the function that publishes names the archive as well.
    deploy(system, STACK, json.loads(json.dumps(before).replace(properties["AssetKey"], key)))
    try:
        yield
    finally:
        deploy(system, STACK, before)


@pytest.mark.usefixtures("next_deployed")
def test_a_page_that_was_open_during_a_deploy_opens_the_next_route(page: Page, next_build: Path) -> None:
    chunks = _chunks_of_the_calendar(BUILT)
    assert chunks, "the build has no file of the calendar's own"
    assert not chunks & _chunks_of_the_calendar(next_build), (
        "the next build has the same file: this would prove nothing"
    )

    page.evaluate("window.isStillTheSame = true")
    _open_calendar(page)
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert page.evaluate("window.isStillTheSame"), "the page was reloaded"

    page.reload()
    expect(page.get_by_role("heading", name=NEXT_TITLE)).to_be_visible()


def test_a_page_whose_code_is_gone_is_reloaded_once_and_opens(page: Page) -> None:
    refused: list[str] = []

    def refuse_the_first(route: Route) -> None:
        if refused:
            route.fallback()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403)

    page.route("**/assets/CalendarPage-*.js", refuse_the_first)
    _open_calendar(page)
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    assert refused


def test_a_page_whose_code_stays_away_says_so_and_leaves_the_navigation(page: Page) -> None:
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    page.route("**/assets/CalendarPage-*.js", lambda route: route.fulfill(status=403))
    _open_calendar(page)
    expect(page.get_by_role("heading", name=NOT_SHOWN)).to_be_focused()
    assert len(loads) == 1, "once, and never in a loop"

    page.get_by_role("link", name="Today", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()

    _open_calendar(page)
    page.unroute("**/assets/CalendarPage-*.js")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def _open_calendar(page: Page) -> None:
    page.get_by_role("link", name="Calendar", exact=True).click()


def _chunks_of_the_calendar(build: Path) -> set[str]:
    return {path.name for path in (build / "assets").glob("CalendarPage-*.js")}


def _zip(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(folder))
    return out.getvalue()
