"""The installed `p09`, as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.local_system import LocalSystem
from tests.system import new_domain


def p09(system: LocalSystem, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("p09")), *system.options, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_site_is_made_once_and_found_again(system: LocalSystem) -> None:
    domain = new_domain()
    create = ("site", "create", "Shop", "--domain", domain, "--timezone", "Europe/Berlin", "--json")
    first, again = (json.loads(p09(system, *create).stdout) for _ in range(2))
    assert first["created"]
    assert not again["created"]
    assert first["site_id"] == again["site_id"]
    assert first["write_key"] != again["write_key"]
    listed = json.loads(p09(system, "site", "list", "--json").stdout)
    assert [site["timezone"] for site in listed if site["domain"] == domain] == ["Europe/Berlin"]


def test_keys_are_made_listed_and_revoked(system: LocalSystem) -> None:
    site = json.loads(p09(system, "site", "create", "Keys", "--domain", new_domain(), "--json").stdout)["site_id"]
    made = json.loads(p09(system, "key", "create", site, "write", "--json").stdout)
    assert p09(system, "key", "revoke", site, made["key_id"]).returncode == 0
    listed = json.loads(p09(system, "key", "list", site, "--json").stdout)
    assert [key["revoked_at"] is not None for key in listed if key["key_id"] == made["key_id"]] == [True]


def test_a_query_prints_a_table(system: LocalSystem) -> None:
    site = json.loads(p09(system, "site", "create", "Numbers", "--domain", new_domain(), "--json").stdout)
    done = p09(system, "query", site["site_id"], "--key", site["read_key"], "--metrics", "visitors,visits")
    assert done.stdout.splitlines()[0].split() == ["visitors", "visits"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["site", "create", "Shop", "--domain", "no domain"], "domain"),
        (["site", "create", "Shop", "--domain", "a.example", "--timezone", "Mars/City"], "time zone"),
        (["query", "999999"], "999999"),
        (["--token", "nonsense", "site", "list"], "token"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_refusal_is_one_line_that_says_why(system: LocalSystem, arguments: list[str], said: str) -> None:
    done = p09(system, *arguments)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("p09: ")
    assert said in line


@pytest.mark.parametrize("role", ["P09-Auditor", "viewer"])
def test_a_token_works_for_what_its_role_may_do(system: LocalSystem, role: str) -> None:
    token = p09(system, "token", "--role", role).stdout.strip()
    assert token.count(".") == 2
    allowed, refused = ("dead-letters list", "dead-letters replay 1-1") if role == "P09-Auditor" else ("site list", "")
    assert p09(system, "--token", token, *allowed.split()).returncode == 0
    if refused:
        assert "(HTTP 403)" in p09(system, "--token", token, *refused.split()).stderr


def test_logs_show_what_a_function_did(system: LocalSystem) -> None:
    system.settle()
    assert "drained" in p09(system, "logs", "ingest_worker").stdout
