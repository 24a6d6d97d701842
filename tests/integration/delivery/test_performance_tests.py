"""`scripts/test/performance-tests.sh API_URL SECONDS`, as the runbook types it, against systems that are well and that are not."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.state import ROOT, free_port
from scripts import performance_tests
from tests.integration.tasks.service import KEYS, Reply, Service, problem, served

SCRIPT = ROOT / "scripts" / "test" / "performance-tests.sh"


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as found:
        found.put("/v1/query", Reply(body={"results": []}))
        yield found


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "canary.json"
    file.write_text(json.dumps(KEYS))
    return file


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["env", "-u", "P09_CANARY", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def snapshot(service: Service, keys: Path, *arguments: str) -> int:
    return performance_tests.main([service.url, "1", "--per-second", "40", "--canary", str(keys), *arguments])


def test_a_system_that_is_well_is_green_with_a_readable_table(service: Service, keys: Path) -> None:
    done = run(service.url, "1", "--canary", str(keys))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 requests a second for 1 s, 10 in all" in done.stderr
    assert "nothing of a customer's is read or written" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["requests", "failed", "p50", "p95", "p99"]
    assert [line.split()[:3] for line in lines[1:5]] == [
        ["event", "7", "0"], ["health", "1", "0"], ["query", "2", "0"], ["all", "10", "0"],
    ]  # fmt: skip
    assert lines[5] == "throughput 10/s, error rate 0.00%"
    assert lines[6].startswith("within the limits: There is no snapshot before it")
    assert len(service.events) == 7


def test_an_accepted_snapshot_is_kept_and_the_next_is_compared_with_it(
    service: Service, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    assert snapshot(service, keys, "--save", str(kept)) == 0
    capsys.readouterr()
    before = json.loads(kept.read_text())
    before["all"]["p95"] += 60_000  # however busy this machine is now, it was slower then
    kept.write_text(json.dumps(before))
    assert snapshot(service, keys, "--baseline", str(kept), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["within"]
    assert ", was " in found["why"]
    assert found["snapshot"]["all"]["requests"] == 40


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (problem(500, "x"), "4 x /health answered 500"),
        (Reply(drop=True), "4 x /health: the connection was closed without an answer"),
    ],
)
def test_errors_are_counted_by_their_reason_and_such_a_snapshot_is_not_kept(
    service: Service, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], reply: Reply, said: str
) -> None:
    service.put("/health", reply)
    assert snapshot(service, keys, "--save", str(tmp_path / "kept.json")) == 1
    out = capsys.readouterr().out
    assert said in out
    assert "NOT WITHIN THE LIMITS: error rate 10.00%: at most 1.00% may fail" in out
    assert not (tmp_path / "kept.json").exists()


def test_a_system_that_is_down_is_left_alone_after_some_failures(
    keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert performance_tests.main([url, "10", "--per-second", "200", "--canary", str(keys), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["snapshot"]["all"]["requests"] < 200


def test_a_kept_connection_that_the_server_closes_is_no_error_of_it(service: Service, keys: Path) -> None:
    service.put("/v1/query", Reply(body={"results": []}, headers={"connection": "close"}))
    assert snapshot(service, keys) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["http://a"], "required: SECONDS"),
        (["a", "1"], "'a' is no address"),
        (["http://a", "0"], "'0' is no whole number from 1 to 300"),
        (["http://a", "301"], "'301' is no whole number from 1 to 300"),
        (["http://a", "1", "--per-second", "21"], "at most 20 for http://a"),
        (["http://a", "1", "--baseline", "/nowhere"], "--baseline: /nowhere can't be read"),
        (["http://a", "1", "--baseline", str(ROOT / "cdk.json")], "holds no snapshot that --save wrote"),
        (["http://a", "1"], "its keys are missing"),
        (["http://a", "1", "--stage", "local", "--save", "x"], "without --baseline and --save"),
        (["http://a", "1", "--stage", "local", "--state", "/nowhere"], "the local system does not run"),
    ],
)
def test_what_is_typed_wrongly_is_said_before_anything_is_sent(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_snapshot_of_another_system_is_no_baseline(service: Service, keys: Path, tmp_path: Path, capsys: Any) -> None:
    kept = tmp_path / "kept.json"
    assert snapshot(service, keys, "--save", str(kept)) == 0
    kept.write_text(kept.read_text().replace(service.url, "https://app.example.com"))
    assert snapshot(service, keys, "--baseline", str(kept)) == 2
    assert "is of https://app.example.com" in capsys.readouterr().err


def test_another_python_without_our_packages_will_do(service: Service, keys: Path) -> None:
    code = "import sys; from scripts import performance_tests; sys.exit(performance_tests.main(sys.argv[1:]))"
    command = [
        "env", f"PYTHONPATH={ROOT}", str(ROOT / ".venv/bin/python"), "-S", "-c", code, service.url, "1", "--canary", str(keys),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
