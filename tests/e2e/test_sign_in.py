"""Signing in by redirect, with a code and PKCE, in a browser; and the pipeline's own token."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.api import Api, Refused
from local.people import PASSWORD, operations_person
from local.state import ROOT
from tests.e2e.local_system import LocalSystem

PLACES = re.compile("Operations")
MOST_MS = 60_000


def p09(system: LocalSystem, *arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "p09"), *system.options, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


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


def test_the_pipeline_reads_changes_and_nothing_else(system: LocalSystem) -> None:
    pipeline = Api(system.url, p09(system, "token", "--pipeline"))
    assert "changes" in pipeline.get("/v1/changes")
    with pytest.raises(Refused, match="you are the pipeline"):
        pipeline.get("/v1/incidents")


def test_records_name_people_by_their_address(system: LocalSystem) -> None:
    sre = Api(system.url, p09(system, "token", "--role", "P09-SRE"))
    opened = sre.post("/v1/incidents", {"title": "Who said so?", "severity": "ticket", "note": "to see a name"})
    assert "sre@demo.example" in str(opened)
    sre.post(f"/v1/incidents/{opened['id']}/resolve", {"note": "seen"})
