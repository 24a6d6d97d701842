"""The page as its readers see it: browsers with and without scripts, and a client of the Statuspage API from npm."""

import functools
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from infra.constructs.status_distribution import CONTENT_SECURITY_POLICY
from local.browser import chromium
from local.state import ROOT
from shared.status.describe import describe
from shared.status.model import Facts
from shared.status.render import render
from tests.status_pages import DEGRADED, NOW, OPERATIONAL, OUTAGE, STATES

AXE = ROOT / "node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}
SIZES = {"desktop": (1200, 900), "phone": (360, 740)}
# Of maintenances this client asks for the upcoming ones alone, whatever its methods are called.
CLIENT = """
const { Statuspage } = require("statuspage.io");
const page = new Statuspage("p09");
page.setApiUrl(process.argv[1]);
(async () => {
  const api = page.api;
  console.log(JSON.stringify({
    "status": await api.getStatus(), "summary": await api.getSummary(), "components": await api.getComponents(),
    "incidents": await api.incidents.getAll(), "incidents/unresolved": await api.incidents.getUnresolved(),
    "scheduled-maintenances/upcoming": await api.scheduledMaintenances.getUpcoming(),
  }));
})();
"""


class Site:
    """Serves a page's files as the distribution does, on a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = NOW
        handler = functools.partial(Handler, self, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, facts: Facts, at: datetime = NOW) -> None:
        self.clock = at
        for path, file in render(describe(facts, at)).items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, site: Site, *arguments: Any, **options: Any) -> None:
        self._site = site
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        del self.headers["if-modified-since"]  # a file may be written twice in a second
        super().do_GET()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return (
            format_datetime(self._site.clock, usegmt=True) if timestamp is None else super().date_time_string(timestamp)
        )

    def end_headers(self) -> None:
        self.send_header("content-security-policy", "; ".join(CONTENT_SECURITY_POLICY))
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """One whose console stays silent: what the content security policy forbids would be said there."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    yield page
    page.close()
    assert [text for text in said if "ERR_CONNECTION" not in text] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious(browser: Browser, site: Site, state: str, size: str, scheme: Any) -> None:
    site.show(STATES[state])
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    incident = "" if state != "outage" else page.goto(site.url) and page.get_attribute("section.told h2 a", "href")
    for path in ("/", "/history.html", "/404.html", *([incident] if incident else [])):
        page.goto(site.url + path)
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in GRAVE] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_a_fresh_page_says_nothing_of_staleness(site: Site, page: Page) -> None:
    site.show(OPERATIONAL)
    with page.expect_response("**/heartbeat.json"):
        page.goto(site.url)
    assert page.locator("#stale").is_hidden()


def test_a_page_without_heartbeat_says_since_when_by_the_servers_clock(site: Site, page: Page) -> None:
    site.show(OPERATIONAL)
    site.clock = NOW + timedelta(minutes=10, seconds=20)
    page.goto(site.url)
    page.get_by_text("Stale: last heartbeat 10 min ago").wait_for()


def test_the_page_brings_itself_up_to_date_and_leaves_open_what_was_opened(site: Site, page: Page) -> None:
    site.show(DEGRADED)
    page.clock.install()
    page.goto(site.url)
    page.get_by_text("Some systems are degraded").wait_for()
    page.locator("details summary").last.click()
    site.show(replace(DEGRADED, probe=OUTAGE.probe), NOW + timedelta(minutes=1))
    page.clock.fast_forward(31_000)
    page.get_by_role("heading", name="Some systems are down").wait_for()
    assert page.locator("details").last.get_attribute("open") is not None
    assert page.locator("#stale").is_hidden()
    assert "13:43 UTC" in page.inner_text(".banner")


def test_when_nothing_answers_any_more_the_page_says_so_and_recovers(site: Site, page: Page) -> None:
    site.show(OPERATIONAL)
    page.clock.install(time=NOW)
    page.goto(site.url)
    page.route("**/heartbeat.json", lambda route: route.abort("connectionrefused"))
    page.clock.fast_forward(31_000)
    page.get_by_text("This page can't be renewed at the moment").wait_for()
    page.unroute("**/heartbeat.json")
    page.clock.fast_forward(31_000)
    page.locator("#stale").wait_for(state="hidden")


def test_without_scripts_the_page_says_all_the_same(browser: Browser, site: Site) -> None:
    site.show(OUTAGE)
    page = browser.new_page(java_script_enabled=False)
    page.goto(site.url)
    assert "As of 24 Nov 2026, 13:42 UTC" in page.inner_text(".banner")
    assert "Neither events nor queries are answered" in page.inner_text("main")
    page.close()


@pytest.mark.parametrize("state", STATES)
def test_a_client_from_npm_reads_every_document(site: Site, state: str) -> None:
    site.show(STATES[state])
    command = [str(ROOT / ".venv/bin/node"), "--eval", CLIENT, site.url]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, document in json.loads(done.stdout).items():
        assert document == json.loads((site.folder / f"api/v2/{name}.json").read_text())
