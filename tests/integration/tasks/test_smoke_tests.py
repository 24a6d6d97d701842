"""`scripts/test/smoke-tests.sh APP_URL API_URL`, as the runbook types it, against a system that is well and ten that are not."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.state import ROOT, free_port
from scripts import smoke_tests
from tests.integration.tasks.service import KEYS, PAGE, Reply, Service, problem, served

SCRIPT = ROOT / "scripts" / "test" / "smoke-tests.sh"


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as found:
        yield found


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "canary.json"
    file.write_text(json.dumps(KEYS))
    return file


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runbook whose waits are short."""
    text = smoke_tests.RUNBOOK.read_text()
    changed = text.replace('timeout = "5s"', 'timeout = "1s"').replace('canary_within = "60s"', 'canary_within = "1s"')
    assert changed.count('"1s"') == text.count('"1s"') + 2
    file = tmp_path / "runbook.toml"
    file.write_text(changed)
    monkeypatch.setattr(smoke_tests, "RUNBOOK", file)


def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = [f"{name}={value}" for name, value in environment.items()]
    command = ["env", "-u", "P09_CANARY", *variables, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", input=stdin)


def test_a_system_that_is_well_is_green_with_readable_lines_and_timings(service: Service, keys: Path) -> None:
    done = run(service.url, service.url, "--canary", str(keys))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:5]] == [
        ["passed", check] for check in ("/health", "/health/db", "/health/redis", "console", "canary")
    ]
    assert all(" ms  " in line for line in lines[:5])
    assert lines[5].startswith("5 passed, 0 failed, 0 not made, in ")


def test_keys_come_from_the_environment_as_the_secret_holds_them(service: Service) -> None:
    done = run(service.url, service.url, "--json", P09_CANARY=json.dumps(KEYS))
    found = json.loads(done.stdout)
    assert (done.returncode, found["result"]) == (0, "passed")
    assert {check["check"]: check["result"] for check in found["checks"]}["canary"] == "passed"
    assert KEYS["write_key"] not in done.stdout


def test_without_keys_the_canary_was_not_made_and_the_system_is_not_green(service: Service, tmp_path: Path) -> None:
    done = run(service.url, service.url, "--state", str(tmp_path))
    assert done.returncode == 2
    assert "NOT MADE" in done.stdout
    assert "its keys are missing" in done.stdout
    assert "4 passed, 0 failed, 1 not made" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required: APP_URL, API_URL"),
        (["http://a"], "required: API_URL"),
        (["a", "http://b"], "'a' is no address"),
        (["http://a", "http://b", "--canary", "/nowhere"], "--canary: /nowhere can't be read"),
    ],
)
def test_what_is_typed_wrongly_is_said(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_file_that_holds_no_keys_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    done = run("http://127.0.0.1:9", "http://127.0.0.1:9", "--canary", str(tmp_path / "x.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs JSON such as" in done.stderr


Broken = tuple[str, Callable[[Service], None], str, str]
BROKEN: list[Broken] = [
    ("PostgreSQL is down", lambda s: s.put("/health/db", problem(503, "connection refused")), "/health/db",
     "answered 503: connection refused"),
    ("Valkey is down", lambda s: s.put("/health/redis", problem(503, "timed out")), "/health/redis", "503: timed out"),
    ("the API's function fails", lambda s: s.put("/health", Reply(500, {"message": "Internal Server Error"})), "/health",
     "answered 500: Internal Server Error"),
    ("the API hangs", lambda s: s.put("/health", Reply(hold=True)), "/health", "no complete answer within 1 s"),
    ("the address is somebody else's", lambda s: s.put_all(Reply(body="<html>It works!", kind="text/html")), "console",
     "another page than the console's"),
    ("the console was not published", lambda s: s.put("/", Reply(403, "<Error/>", "text/xml")), "console", "answered 403"),
    ("the console's script is missing", lambda s: s.put("/assets/index-1.js", Reply(404, "")), "console",
     "its script /assets/index-1.js answered 404"),
    ("events are lost", lambda s: s.put("/v1/query", Reply(body={"results": [{"metrics": [0]}]})), "canary",
     "an event that was accepted is not seen in a query within 1 s"),
    ("the fallback answers for the API", lambda s: s.put("/health", Reply(body=PAGE, kind="text/html")), "/health",
     "answered 200 with something else than health"),
    ("the connection breaks", lambda s: s.put("/v1/events", Reply(drop=True)), "canary",
     "sending an event: the connection was closed without an answer"),
]  # fmt: skip


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("break_it", "check", "why"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
def test_a_broken_system_fails_with_a_line_that_says_which_and_why(
    service: Service, keys: Path, capsys: pytest.CaptureFixture[str], break_it: Any, check: str, why: str
) -> None:
    break_it(service)
    assert smoke_tests.main([service.url, service.url, "--canary", str(keys)]) == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("FAILED") and line.split()[1] == check]
    assert why in line


@pytest.mark.usefixtures("impatient")
def test_nothing_listening_and_nothing_reached_are_told_apart(keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert smoke_tests.main([url, url, "--canary", str(keys)]) == 1
    assert "Nothing at all was reached" not in capsys.readouterr().out
    url = "http://nothing.invalid"
    assert smoke_tests.main([url, url, "--canary", str(keys)]) == 1
    assert "Nothing at all was reached" in capsys.readouterr().out


def test_another_python_without_our_packages_will_do(service: Service, keys: Path) -> None:
    code = "import sys; from scripts import smoke_tests; sys.exit(smoke_tests.main(sys.argv[1:]))"
    command = [
        "env", f"PYTHONPATH={ROOT}", str(ROOT / ".venv/bin/python"), "-S", "-c", code, service.url, service.url,
        "--canary", str(keys),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("secret", "code", "said"),
    [
        (Reply(body={"SecretString": json.dumps(KEYS)}), 0, "5 passed"),
        (Reply(body={"SecretString": '{"username": "canary"}'}), 2, "p09-local-canary holds no keys: deploy anew"),
        (Reply(400, {"__type": "ResourceNotFoundException"}), 2, "p09-local-canary can't be read"),
        (Reply(drop=True), 2, "p09-local-canary can't be read"),
    ],
)
def test_keys_of_the_local_system_come_from_its_own_secret(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: Reply, code: int, said: str
) -> None:
    with served() as aws:
        aws.put("/", secret)
        system = {"url": service.url, "aws_endpoint": aws.url, "region": "us-east-1"}
        (tmp_path / "system.json").write_text(json.dumps(system))
        assert smoke_tests.main([service.url, service.url, "--state", str(tmp_path)]) == code
    assert said in capsys.readouterr().out


def test_keys_of_the_local_system_are_not_sent_to_another(service: Service, tmp_path: Path) -> None:
    system = {"url": "http://127.0.0.1:8000", "aws_endpoint": "http://127.0.0.1:9", "region": "us-east-1"}
    (tmp_path / "system.json").write_text(json.dumps(system))
    done = run(service.url, service.url, "--state", str(tmp_path))
    assert done.returncode == 2
    assert "its keys are missing" in done.stdout
    assert service.asked["/v1/events"] == 0
