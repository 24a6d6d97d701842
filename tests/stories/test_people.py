"""Somebody comes in for the first time, and is kept out again: by mail, in a browser, as in AWS."""

import base64
import hmac
import re
import secrets
import struct
import subprocess
import time
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from local.api import Api
from local.customers import owner
from local.people import DEMO_ORGANISATION
from local.state import ROOT
from tests.e2e.local_system import LocalSystem, until

SECONDS: Final = 45  # for a page or a mail, on a machine that does much else
OWN: Final = "Own-password-of-mine-1!"
NEXT: Final = "Another-one-of-mine-2!"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)
    yield page
    context.close()


@pytest.fixture
def email() -> str:
    return f"new-{secrets.token_hex(4)}@people.example"


def test_a_new_person_comes_in_by_mail_with_a_second_factor_forgets_the_password_and_is_kept_out(
    system: LocalSystem, page: Page, email: str
) -> None:
    p09(system, "invite", email, "--role", "P09-SRE", "--name", "Ada New")
    invitation = mail(system, email, "You are invited to P09")
    assert "works until" in invitation["text"]
    first = password_in(invitation)

    page.goto(link_in(invitation))
    sign_in(page, email, first)
    expect(heading(page, "Choose a password")).to_be_focused()
    choose(page, "too-short", "too-short")
    expect(page.get_by_label("New password")).to_be_focused()
    expect(page.get_by_label("New password")).to_have_accessible_description(re.compile("did not conform"))
    choose(page, OWN, NEXT)
    expect(page.get_by_label("The same again")).to_have_accessible_description(re.compile("differ"))
    choose(page, OWN, OWN)
    expect(account(page)).to_be_visible()

    secret = set_up_codes(page)
    sign_out(page)
    sign_in(page, email, OWN)
    answer(page, wrong(secret))
    expect(page.get_by_label("One-time code")).to_have_accessible_description(re.compile("not the code"))
    answer(page, code_of(secret))
    expect(account(page)).to_be_visible()

    sign_out(page)
    page.get_by_role("button", name="Forgotten your password?").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Mail me a code").click()
    expect(heading(page, "Set another password")).to_be_focused()
    sent = mail(system, email, "Your code for P09")
    page.get_by_label("Code from the mail").fill(found(r"<strong>(\d{6})</strong>", sent["html"]))
    choose(page, NEXT, NEXT, button="Set the password")
    expect(page.get_by_role("status")).to_have_text("Your password is set. Sign in with it.")
    sign_in(page, email, OWN)
    expect(page.get_by_role("alert")).to_contain_text("Incorrect username or password.")
    sign_in(page, email, NEXT)
    answer(page, code_of(secret))
    expect(account(page)).to_be_visible()

    token = page.evaluate("JSON.parse(sessionStorage.getItem('p09.session')).accessToken")
    assert answers(system, token)
    p09(system, "disable", email, "--reason", "left")
    until(lambda: not answers(system, token), "the end of the sessions of somebody who is disabled", 60)
    page.reload()
    expect(heading(page, "Sign in")).to_be_visible()
    sign_in(page, email, NEXT)
    expect(page.get_by_role("alert")).to_contain_text("This account is disabled.")

    p09(system, "enable", email, "--reason", "came back")
    until(lambda: state_of(system, email) == "enabled", "somebody who is enabled again", SECONDS)
    sign_in(page, email, NEXT)
    answer(page, code_of(secret))
    expect(account(page)).to_be_visible()
    assert not answers(system, token), "a session that was ended stays so"


def test_a_customers_person_comes_in_by_the_invitation_of_an_owner(system: LocalSystem, page: Page, email: str) -> None:
    api, organisation_id = owner(system.facts, DEMO_ORGANISATION)
    path = f"/v1/organisations/{organisation_id}/invitations"
    api.post(path, {"role": "viewer", "label": "Lin New", "email": email})
    invitation = mail(system, email, "You are invited to P09")

    page.goto(link_in(invitation))
    sign_in(page, email, password_in(invitation))
    choose(page, OWN, OWN)
    expect(heading(page, "You are invited")).to_be_visible()
    page.get_by_role("button", name="Accept the invitation").click()
    expect(heading(page, "You are a member now")).to_be_visible()
    assert "Lin New" in {member["label"] for member in api.get(path.replace("invitations", "members"))["members"]}


def test_the_first_person_of_a_stage_is_let_in_by_who_may_invoke_its_function(
    system: LocalSystem, page: Page, email: str
) -> None:
    said = p09(system, "first", email, "--stage", "local", "--json")
    page.goto(system.url)
    sign_in(page, email, found(r'"temporary_password": "([^"]+)"', said))
    choose(page, OWN, OWN)
    expect(account(page)).to_be_visible()
    assert state_of(system, email) == "invited"


def p09(system: LocalSystem, *arguments: str) -> str:
    command = [str(ROOT / ".venv/bin/p09"), *system.options, "people", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mail(system: LocalSystem, email: str, subject: str) -> dict[str, Any]:
    mails: list[dict[str, Any]] = []

    def has_come() -> bool:
        answer = httpx2.get(f"{system.facts['mail_url']}messages.json", params={"to": email}, trust_env=False)
        mails[:] = [one for one in answer.raise_for_status().json() if one["subject"] == subject]
        return bool(mails)

    until(has_come, f"the mail {subject!r}", SECONDS)
    return mails[0]


def password_in(invitation: dict[str, Any]) -> str:
    return found(r"Temporary password: (\S+)", invitation["text"])


def link_in(invitation: dict[str, Any]) -> str:
    return found(r"Sign in: (\S+)", invitation["text"])


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def heading(page: Page, name: str) -> Any:
    return page.get_by_role("heading", level=1, name=name)


def account(page: Page) -> Any:
    return page.get_by_role("button", name="Account", exact=True)


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email or username").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def choose(page: Page, password: str, again: str, button: str = "Set the password and sign in") -> None:
    page.get_by_label("New password").fill(password)
    page.get_by_label("The same again").fill(again)
    page.get_by_role("button", name=button, exact=True).click()


def set_up_codes(page: Page) -> str:
    """The secret that an app is given."""
    account(page).click()
    page.get_by_role("menuitem", name="Account and one-time codes").click()
    page.get_by_role("button", name="Set up one-time codes").click()
    expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
    secret = page.locator("pre code").inner_text().replace(" ", "")
    page.get_by_label("One-time code").fill(code_of(secret))
    page.get_by_role("button", name="Check the code and turn on").click()
    expect(page.get_by_role("status")).to_contain_text("On.")
    return secret


def sign_out(page: Page) -> None:
    account(page).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(heading(page, "Sign in")).to_be_visible()


def answer(page: Page, code: str) -> None:
    expect(heading(page, "One-time code")).to_be_visible()
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()


def code_of(secret: str) -> str:
    """As an authenticator app shows it (RFC 6238)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = mac[-1] & 15
    return f"{(int.from_bytes(mac[offset : offset + 4]) & 0x7FFFFFFF) % 10**6:06}"


def wrong(secret: str) -> str:
    """No code of any minute around this one, as good as surely."""
    return f"{(int(code_of(secret)) + 500_000) % 10**6:06}"


def answers(system: LocalSystem, token: str) -> bool:
    status = Api(system.url, token).raw("GET", "/v1/incidents").status_code
    assert status in {200, 401}
    return status == 200


def state_of(system: LocalSystem, email: str) -> str:
    return found(rf'"email": "{email}".*?"state": "(\w+)"', " ".join(p09(system, "list", "--json").split()))
