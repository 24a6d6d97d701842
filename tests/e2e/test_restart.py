"""Stopping and starting again. Last, because the other tests' system goes down and up here."""

import socket
import subprocess
import sys

import psutil

from local.api import Api
from local.customers import SiteAccess
from local.state import LOOPBACK, ROOT
from tests.e2e.events import count, pageviews, wait_for_count
from tests.e2e.local_system import LocalSystem

SECOND_START_SECONDS = 40


def test_a_second_start_says_that_it_runs_already_and_where(system: LocalSystem) -> None:
    again = subprocess.run(
        [sys.executable, "-m", "local.run", *system.options], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"it already runs: {system.url}" in again.stdout


def test_an_orderly_restart_keeps_everything_and_is_quick(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api
) -> None:
    writer.post("/v1/events", pageviews(fresh_site, 5))
    wait_for_count(reader, fresh_site, 5)
    url, processes, said = system.url, system.processes(), len(system.output.read_text())
    system.stop()
    assert not [name for name, pid in processes.items() if psutil.pid_exists(pid)]
    assert system.state.system() is None
    assert "died" not in system.output.read_text()[said:]
    assert system.start() < SECOND_START_SECONDS
    assert system.url == url
    assert count(reader, fresh_site) == 5
    writer.post("/v1/events", pageviews(fresh_site, 1))
    wait_for_count(reader, fresh_site, 6)


def test_a_taken_port_is_said_before_anything_starts(system: LocalSystem) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        folder = system.state.folder / "another"
        options = ["--state", str(folder), "--port", str(port)]
        failed = subprocess.run(
            [sys.executable, "-m", "local.run", *options], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert failed.returncode == 1
    assert f"port {port} is taken" in failed.stderr
    assert "make run PORT=" in failed.stderr
