"""A page with the script tag, opened in a real browser, becomes a number in the console."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from local.api import Api
from local.customers import SiteAccess, open_site, owner
from local.people import DEMO_ORGANISATION
from tests.e2e.events import count, wait_for_count
from tests.e2e.local_system import LocalSystem
from tests.system import new_domain

# From the click in one page to the number in another: the target is 2 s on a machine that does nothing else. The first
# number also waits for the console's own first requests, each of which may start an environment of the API.
FIRST_SECONDS = 60
CONSOLE_SECONDS = 10


def page_address(system: LocalSystem, site: SiteAccess, page: str = "") -> str:
    return f"http://{site.domain}:{urlsplit(system.url).port}/demo/{page}"


def visit(page: Page, address: str) -> None:
    with page.expect_response("**/api/event") as sent:
        page.goto(address)
    assert sent.value.status == 202, sent.value.text()


def test_pages_opened_in_a_browser_are_counted(
    system: LocalSystem, browser: Browser, fresh_site: SiteAccess, reader: Api
) -> None:
    page = browser.new_page()
    visit(page, page_address(system, fresh_site))
    visit(page, page_address(system, fresh_site, "pricing"))
    page.close()
    wait_for_count(reader, fresh_site, 2)
    assert count(reader, fresh_site, "visitors") == 1
    assert count(reader, fresh_site, "visits") == 1


def test_a_visit_shows_up_in_the_console(system: LocalSystem, browser: Browser) -> None:
    api, organisation_id = owner(system.facts, DEMO_ORGANISATION)
    site = open_site(api, organisation_id, name="Console test", domain=new_domain())
    context = browser.new_context()
    console, visitor = context.new_page(), browser.new_page()
    console.goto(system.url)
    console.get_by_role("button", name="Demo owner").click()
    console.get_by_role("heading", name="Traffic").wait_for()
    console.goto(f"{system.url}/sites/{site.site_id}")
    visit(visitor, page_address(system, site))
    row = console.get_by_role("row").filter(has_text="/demo/")
    expect(row).to_contain_text("1", timeout=FIRST_SECONDS * 1000)
    for page in ("pricing", "docs"):
        visit(visitor, page_address(system, site, page))
        row = console.get_by_role("row").filter(has_text=f"/demo/{page}")
        expect(row).to_contain_text("1", timeout=CONSOLE_SECONDS * 1000)
    visitor.close()
    context.close()
