"""Starts the servers, restarts those that die, keeps down those that are held, stops all in order."""

import signal
import time
from collections.abc import Callable

import psutil

from local.progress import say
from local.server import Running, Server, end_leftover
from local.state import State, read_json, write_json

WATCH_SECONDS = 0.2
RESTART_SECONDS = 1.0  # what dies at once is not started more often than this


class Supervisor:
    def __init__(self, state: State) -> None:
        self._state = state
        self._running: dict[str, Running] = {}
        self._servers: dict[str, Server] = {}
        self._restarting: set[str] = set()

    def end_leftovers(self) -> None:
        """After a kill of the supervisor itself its servers live on; end them before starting anew."""
        for name, process in (read_json(self._state.processes_file) or {}).items():
            if end_leftover(process["pid"], process["created"], process.get("stop_signal", signal.SIGTERM)):
                say(f"{name} was still running from a killed `make run`: stopped it")

    def start(self, *servers: Server) -> None:
        for server in servers:
            self._spawn(server)
        for server in servers:
            self._running[server.name].wait_until_ready()
            say(f"{server.name} is up (process {self._running[server.name].pid})")

    def watch(self, until: Callable[[], bool]) -> None:
        """Look after the servers until `until` says so."""
        while not until():
            for server in list(self._servers.values()):
                self._look_after(server)
            time.sleep(WATCH_SECONDS)

    def stop(self) -> None:
        for name in reversed(list(self._running)):
            self._stop(name)
        self._state.processes_file.unlink(missing_ok=True)

    def _look_after(self, server: Server) -> None:
        running = self._running.get(server.name)
        if self._state.held(server.name).exists():
            if running:
                self._stop(server.name)
                say(f"{server.name} is down and held there")
        elif running is None:
            say(f"{server.name} is held no longer: starting it")
            self._restart(server)
        elif server.name in self._restarting:
            self._finish_restart(server, running)
        elif not running.is_alive() and running.seconds() > RESTART_SECONDS:
            say(f"{server.name} died: restarting it with its state")
            running.sweep()
            self._restart(server)

    def _restart(self, server: Server) -> None:
        self._restarting.add(server.name)
        self._spawn(server)

    def _finish_restart(self, server: Server, running: Running) -> None:
        if running.is_alive() and server.ready():
            self._restarting.discard(server.name)
            server.ready_again()
            say(f"{server.name} is back after {running.seconds():.1f} s (process {running.pid})")
        elif running.seconds() > server.start_seconds:
            running.check()
        elif not running.is_alive():
            # What the killed one had is still held: PostgreSQL's shared memory, MiniStack's port.
            self._spawn(server, begun=running.begun)

    def _spawn(self, server: Server, begun: float | None = None) -> None:
        self._servers[server.name] = server
        self._running[server.name] = Running(server, begun)
        self._write_processes()

    def _write_processes(self) -> None:
        processes = {
            name: {
                "pid": one.pid, "created": psutil.Process(one.pid).create_time(), "stop_signal": one.server.stop_signal,
            }
            for name, one in self._running.items()
            if one.is_alive()
        }  # fmt: skip
        write_json(self._state.processes_file, processes)

    def _stop(self, name: str) -> None:
        running = self._running.pop(name)
        self._restarting.discard(name)
        running.stop()
        self._write_processes()
        say(f"{name} stopped")
