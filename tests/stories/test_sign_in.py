"""Signing in by redirect, with a code and PKCE, in a browser."""

import re

from playwright.sync_api import Browser, expect

from local.people import PASSWORD, operations_person
from tests.e2e.local_system import LocalSystem

PLACES = re.compile("Operations")
MOST_MS = 60_000


def test_a_person_signs_in_by_redirect_and_out_again(system: LocalSystem, browser: Browser) -> None:
    page = browser.new_page()
    page.set_default_timeout(MOST_MS)
    page.goto(f"{system.url}/operations")
    page.get_by_role("button", name="Sign in with SSO").click()
    page.get_by_label("Username").fill(operations_person("P09-SRE").username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("link", name=PLACES).first).to_be_visible(timeout=MOST_MS)
    assert page.url.startswith(f"{system.url}/operations")
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_text("sre@demo.example")).to_be_visible(timeout=MOST_MS)
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with SSO")).to_be_visible(timeout=MOST_MS)
    page.close()
