"""A person of each role signs in: the console shows, and the API answers, exactly what the table of permissions says."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from local.api import Api
from local.customers import member_token, open_site, owner
from local.people import DEMO_ORGANISATION, DEMO_PEOPLE, OPERATIONS_ROLES, Person
from shared.http.permissions import MEMBERS, PERMISSIONS
from tests.e2e.local_system import LocalSystem
from tests.stories.roles import HELD, Route, may, may_see, members_refused, refused, route_of

SECONDS: Final = 30  # for a page, on a machine that does much else
DOMAIN: Final = "roles.localhost"
NOT_YOURS: Final = "This page is not for your role"

# What a page of operations is for, and what can be done on it: by which button, by which route.
OPERATIONS: Final[dict[str, tuple[Route, dict[str, Route]]]] = {
    "Today": (("GET", "/v1/runbook"), {}),
    "KPIs": (("GET", "/v1/kpis"), {}),
    "Changes": (("GET", "/v1/changes"), {"Plan a change": ("POST", "/v1/changes")}),
    "Incidents": (("GET", "/v1/incidents"), {"Open an incident": ("POST", "/v1/incidents")}),
    "Announcements": (("GET", "/v1/announcements"), {"Announce": ("POST", "/v1/announcements")}),
    "Calendar": (("GET", "/v1/calendar"), {"Plan": ("POST", "/v1/calendar")}),
    "Backups": (("GET", "/v1/backups"), {"Start a drill or restore": ("POST", "/v1/drills")}),
    "Access": (
        ("GET", "/v1/access/roles"),
        {"Ask for a database login": ("POST", "/v1/access/database-credentials")},
    ),
    "Audit": (("GET", "/v1/audit"), {"Verify the trail": ("GET", "/v1/audit/verification")}),
}
SITE: Final[dict[str, tuple[Route, dict[str, Route]]]] = {
    "Keys": (
        ("GET", "/v1/sites/{site_id}/keys"),
        {"Make a write key": ("POST", "/v1/sites/{site_id}/keys")},
    ),
    "Exclusions": (
        ("GET", "/v1/sites/{site_id}/exclusions"),
        {"Save exclusions": ("PUT", "/v1/sites/{site_id}/exclusions")},
    ),
    "People": (
        ("GET", "/v1/organisations/{organisation_id}/members"),
        {"Invite somebody": ("POST", "/v1/organisations/{organisation_id}/invitations")},
    ),
    "Audit": (
        ("GET", "/v1/organisations/{organisation_id}/audit"),
        {"Verify the trail": ("GET", "/v1/organisations/{organisation_id}/audit/verification")},
    ),
}

Everybody = pytest.mark.parametrize("person", DEMO_PEOPLE, ids=lambda person: person.role)


@pytest.fixture(scope="module")
def demo_site(system: LocalSystem) -> dict[str, str]:
    """A site of the organisation to which the demo people belong."""
    for person in DEMO_PEOPLE:
        if person.group is None:
            member_token(system.facts, DEMO_ORGANISATION, person.role)
    api, organisation = owner(system.facts, DEMO_ORGANISATION)
    site = open_site(api, organisation, name="Roles", domain=DOMAIN)
    return {"organisation_id": organisation, "site_id": site.site_id, "domain": DOMAIN}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)  # it has a default of its own
    yield page
    context.close()


@Everybody
def test_each_person_sees_in_the_console_what_the_table_says(
    system: LocalSystem, demo_site: dict[str, str], page: Page, person: Person
) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 -- Playwright marks what it calls
    start = "/operations" if person.group else f"/sites/{demo_site['site_id']}"
    sign_in(page, system.url + start, person)
    if person.group:
        _walk(page, system, "Operations", "/operations", OPERATIONS, person)
    else:
        _walk(page, system, "Site", start, SITE, person)
        page.goto(f"{system.url}/operations/kpis")
        expect(page.get_by_role("heading", name=NOT_YOURS)).to_be_visible()
        expect(page.get_by_role("link", name="Operations")).to_have_count(0)
    _answered_as_the_table_says(answers, person)


@Everybody
def test_each_person_is_refused_by_the_api_what_the_table_refuses(
    system: LocalSystem, demo_site: dict[str, str], page: Page, person: Person
) -> None:
    sign_in(page, system.url, person)
    session = json.loads(page.evaluate("sessionStorage.getItem('p09.session')"))
    api = Api(system.url, session["accessToken"])
    expected = {route for route in PERMISSIONS if route not in HELD and not may(person.role, route)}
    assert refused(api) == expected
    if person.role != "P09-Developer":  # who made the organisation, and with that is its first owner
        assert members_refused(api, demo_site) == {route for route in HELD if not may_see(person, route)}


def test_who_did_not_sign_in_sees_the_sign_in_page_alone_and_is_refused(system: LocalSystem, page: Page) -> None:
    for path in ("/", "/operations/audit", "/sites/1"):
        page.goto(system.url + path)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.get_by_role("navigation")).to_have_count(0)
    assert refused(Api(system.url)) == {route for route in PERMISSIONS if route not in HELD and not may(None, route)}


def test_who_belongs_to_no_organisation_is_offered_a_site_only_if_they_may_make_one(
    system: LocalSystem, page: Page
) -> None:
    for role in ("P09-Auditor", "P09-Lead"):
        sign_in(page, system.url, next(person for person in DEMO_PEOPLE if person.role == role))
        offered = may(role, ("POST", "/v1/organisations"))
        expect(
            page.get_by_role("heading", name="Add your first site" if offered else "No site of yours")
        ).to_be_visible()
        page.evaluate("sessionStorage.clear()")


def sign_in(page: Page, address: str, person: Person) -> None:
    page.goto(address)
    page.get_by_role("button", name=f"{person.name} {person.role}").click()
    page.get_by_role("button", name="Account").wait_for()


def _walk(page: Page, system: LocalSystem, label: str, at: str, pages: dict[str, Any], person: Person) -> None:
    """Every page by its link in the navigation, or by its address where it has none."""
    navigation = page.get_by_role("navigation", name=label)
    allowed = [name for name, (route, _) in pages.items() if may_see(person, route)]
    expect(navigation.get_by_role("link")).to_have_text([*(["Dashboard"] if label == "Site" else []), *allowed])
    for name, (_, acts) in pages.items():
        if name not in allowed:
            page.goto(f"{system.url}{at}/{name.lower()}")
            expect(page.get_by_role("heading", name=NOT_YOURS)).to_be_visible()
            continue
        navigation.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        for button, route in acts.items():
            found = page.get_by_role("button", name=re.compile(f"^{button}"))
            expect(found).to_have_count(1 if may_see(person, route) else 0)


def _answered_as_the_table_says(answers: list[Response], person: Person) -> None:
    """No page asks for what it may not have."""
    assert {answer.status for answer in answers} & {200}
    for answer in answers:
        path = urlsplit(answer.url).path
        if path.startswith("/v1/"):
            route = route_of(answer.request.method, path)
            assert may_see(person, route), f"{person.role} asked for {route}"
            assert answer.status not in {401, 403}, f"{route} answered {answer.status}"


def test_the_roles_of_the_sign_in_page_are_those_of_the_table() -> None:
    assert {role for roles in MEMBERS.values() for role in roles} | set(OPERATIONS_ROLES) == {
        person.role for person in DEMO_PEOPLE
    }
