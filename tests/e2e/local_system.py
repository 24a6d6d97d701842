"""A whole local system of its own for these tests: free ports, a temporary state folder, a process to stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psutil
from pg8000.native import Connection

from local import postgres
from local.api import Api, Refused
from local.aws import aws_client
from local.customers import SiteAccess, open_site, owner
from local.progress import last_lines
from local.state import LOOPBACK, ROOT, Configuration, State, read_json

START_SECONDS = 240
ORGANISATION = "Tests"


def until(condition: Callable[[], bool], what: str, seconds: float = 30) -> float:
    """Wait for a condition; returns how long it took, fails when it takes too long."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - begun


class LocalSystem:
    def __init__(self, state: State) -> None:
        self.state = state
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def facts(self) -> dict[str, Any]:
        found = self.state.system()
        assert found is not None, f"the local system is not ready. It said last:\n{last_lines(self.output)}"
        return found

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    @property
    def configuration(self) -> Configuration:
        found = self.state.kept_configuration()
        assert found is not None
        return found

    def start(self) -> float:
        """Start it as `make run` does; returns the seconds until it was ready."""
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.run", *self.options, "--port", "0", "--demo", "0"],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return until(self._is_ready, "start of the local system", START_SECONDS)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    @property
    def options(self) -> list[str]:
        return ["--state", str(self.state.folder)]

    @property
    def output(self) -> Any:
        return self.state.folder / "output.log"

    def processes(self) -> dict[str, int]:
        """Process ids of the servers by name."""
        found = read_json(self.state.processes_file) or {}
        return {name: process["pid"] for name, process in found.items()}

    def kill_environments(self, function: str) -> int:
        """`kill -9` of every environment of a function; returns how many there were."""
        killed = 0
        for process in self.environments(function):
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
        return killed

    def environments(self, function: str) -> list[psutil.Process]:
        """The processes in which a function runs."""
        name, found = f"p09-local-{function}", []
        for process in psutil.Process(self.processes()["ministack"]).children(recursive=True):
            with suppress(psutil.Error):
                if process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == name:
                    found.append(process)
        return found

    def aws(self, service: str) -> Any:
        return aws_client(service, self.facts["aws_endpoint"])

    def new_site(self, domain: str) -> SiteAccess:
        api, organisation_id = owner(self.facts, ORGANISATION)
        return open_site(api, organisation_id, name=domain, domain=domain)

    def function_logs(self, function: str) -> str:
        pages = (
            self.aws("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=f"/aws/lambda/p09-local-{function}")
        )
        return "\n".join(event["message"] for page in pages for event in page["events"])

    def settle(self) -> None:
        """Wait until everything is well again after a failure, and what waits in the stream is stored.

        By themselves a worker that failed comes back within a minute; here it is run until it succeeds.
        """
        until(self._is_well, "a healthy system", 60)
        client = self.aws("lambda")

        def drained() -> bool:
            return "FunctionError" not in client.invoke(FunctionName="p09-local-ingest-worker", Payload=b"{}")

        until(drained, "a run of the worker", 60)

    def _is_well(self) -> bool:
        api = Api(self.url)
        try:
            checks = [api.raw("GET", path) for path in ("/health", "/health/db", "/health/redis")]
        except Refused:  # the front door itself is away
            return False
        return all(check.is_success for check in checks)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"it ended:\n{self.output.read_text()}"
        return self.state.system_file.exists()


def superuser(system: LocalSystem) -> Connection:
    """A session in the system's PostgreSQL that may see and do all."""
    config = system.configuration
    return Connection(
        postgres.SUPERUSER,
        password=config.postgres_superuser_password,
        host=LOOPBACK,
        port=config.postgres_port,
        database=postgres.DATABASE,
        timeout=10,
        ssl_context=False,
    )
