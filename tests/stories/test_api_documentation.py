"""The API's documentation as its readers see it: in Chromium, from the deployed system, under its content security policy."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from local.state import ROOT
from shared.http.openapi import paths
from tests.e2e.local_system import LocalSystem

AXE: Final = ROOT / "node_modules/axe-core/axe.min.js"
SECONDS: Final = 30  # for a page, on a machine that does much else
SENDING: Final = "operations-ingest-send_events"
# What the renderer says of every link to an operation whose name has an underscore; the link works.
LINK_WITH_UNDERSCORE: Final = "Deprecated: escaping deep link whitespace"
SIZES: Final = {"desktop": (1200, 900), "phone": (360, 740)}


class Quiet:
    """A page's requests and what its console says: the policy's violations would be said there."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return SIZES[request.param]


@pytest.fixture(params=["light", "dark"])
def page(
    request: pytest.FixtureRequest, system: LocalSystem, browser: Browser, size: tuple[int, int]
) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=request.param)
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)
    quiet = Quiet(page)
    yield page
    context.close()
    assert [text for text in quiet.said if not text.startswith(LINK_WITH_UNDERSCORE)] == []
    foreign = [url for url in quiet.asked if not url.startswith((f"{system.url}/", "data:"))]
    assert foreign == [], "the page is all its own"


def test_every_operation_is_there_and_axe_finds_nothing(system: LocalSystem, page: Page) -> None:
    page.goto(f"{system.url}/docs")
    operations = page.locator(".opblock")
    expect(operations).to_have_count(sum(len(methods) for methods in paths().values()))
    for name in ("ingest-send_events", "analytics-query", "analytics-live", "sites-delete_key"):
        operation = page.locator(f"#operations-{name}")
        operation.locator(".opblock-summary-control").click()
        expect(operation).to_contain_text(re.compile("Who may call: [a-z]"))
        expect(operation).to_contain_text("must be one of visitors")  # the example of a problem
    assert _findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
@pytest.mark.parametrize("page", ["light"], indirect=True)
@pytest.mark.parametrize("path", ["/docs/", "/docs/anything#/ingest/send_events", "/docs#/ingest/send_events"])
def test_each_address_below_docs_leads_there_and_a_link_opens_its_operation(
    system: LocalSystem, page: Page, path: str
) -> None:
    page.goto(system.url + path)
    expect(page.locator(f"#{SENDING}")).to_be_visible()
    expect(page.locator(f"#{SENDING}.is-open")).to_have_count(1 if "#" in path else 0)


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
@pytest.mark.parametrize("page", ["light"], indirect=True)
def test_the_catalogue_of_problems_is_a_click_away(system: LocalSystem, page: Page) -> None:
    page.goto(f"{system.url}/docs")
    page.get_by_role("link", name="Problems").click()
    expect(page.get_by_role("heading", level=1, name="Problems")).to_be_visible()


def _findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [json.dumps([one["id"], one["nodes"][0]["html"]]) for one in found["violations"]]
