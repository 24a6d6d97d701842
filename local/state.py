"""What the local system of one checkout keeps: its folder, its ports, its passwords, its lock."""

import fcntl
import json
import os
import secrets
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REGION = "us-east-1"
ACCOUNT = "000000000000"
LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody listens on, of those that the system gives to no outgoing connection (on Linux it takes 32768 and above).

    A server that starts a second later would find such a port taken now and then, and what connects to one that nobody listens on
    may even reach itself.
    """
    while not is_free(port := 20_000 + secrets.randbelow(12_000)):
        pass
    return port


class LocalError(Exception):
    """Something the person at the keyboard must know: says what failed and what to do."""


@dataclass(frozen=True)
class Configuration:
    """Chosen at the first start and kept, so that a restart finds its data and deploys nothing anew."""

    front_door_port: int
    ministack_port: int
    postgres_port: int
    postgres_tls_port: int
    valkey_port: int
    valkey_tls_port: int
    valkey_bus_port: int
    slack_port: int
    postgres_superuser_password: str
    postgres_admin_password: str
    valkey_password: str
    slack_token: str
    slack_webhook_secret: str
    github_token: str
    backup_key: str
    """What backups are encrypted under, in hexadecimal: kept apart from them."""

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.front_door_port}"

    @property
    def aws_endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.ministack_port}"

    @property
    def slack_url(self) -> str:
        """What stands for Slack."""
        return f"http://{LOOPBACK}:{self.slack_port}"

    @property
    def mail_url(self) -> str:
        """Everybody's inbox, in the process of what stands for Slack."""
        return f"{self.slack_url}/mail/"

    @property
    def github_url(self) -> str:
        """What stands for GitHub's API, in the process of what stands for Slack."""
        return f"{self.slack_url}/github"


@dataclass(frozen=True)
class State:
    folder: Path

    @property
    def system_file(self) -> Path:
        """Exists exactly while the system is ready; for the CLI and the tests."""
        return self.folder / "system.json"

    @property
    def chaos_file(self) -> Path:
        """Faults that the front door injects while it exists."""
        return self.folder / "chaos.json"

    @property
    def assembly(self) -> Path:
        return self.folder / "cdk.out"

    @property
    def backups(self) -> Path:
        """Base backups, the archive of PostgreSQL's log, snapshots of Valkey: all of it sealed."""
        return self.folder / "backups"

    @property
    def papers(self) -> Path:
        """Certificates by which functions know PostgreSQL and Valkey."""
        return self.folder / "tls"

    @property
    def processes_file(self) -> Path:
        return self.folder / "processes.json"

    @property
    def _configuration_file(self) -> Path:
        return self.folder / "configuration.json"

    def log(self, name: str) -> Path:
        (self.folder / "logs").mkdir(mode=0o700, exist_ok=True)
        return self.folder / "logs" / f"{name}.log"

    def held(self, name: str) -> Path:
        """While this file exists, the supervisor keeps the server of that name down."""
        return self.folder / "held" / name

    def system(self) -> dict[str, Any] | None:
        return read_json(self.system_file)

    def prepare(self) -> None:
        # Traversable, not listable: as root, PostgreSQL runs as a user of its own inside it.
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        (self.folder / "held").mkdir(exist_ok=True)

    def configuration(self, port: int, free: Callable[[int], bool] = is_free) -> Configuration:
        """Read or create the configuration; `port` 0 means any free one for the front door."""
        kept = read_json(self._configuration_file) or {}
        taken: set[int] = set()
        chosen = Configuration(
            front_door_port=port or _port(kept.get("front_door_port"), taken, free),
            ministack_port=_port(kept.get("ministack_port"), taken, free),
            postgres_port=_port(kept.get("postgres_port"), taken, free),
            postgres_tls_port=_port(kept.get("postgres_tls_port"), taken, free),
            valkey_port=_port(kept.get("valkey_port"), taken, free),
            valkey_tls_port=_port(kept.get("valkey_tls_port"), taken, free),
            valkey_bus_port=_port(kept.get("valkey_bus_port"), taken, free),
            slack_port=_port(kept.get("slack_port"), taken, free),
            postgres_superuser_password=kept.get("postgres_superuser_password") or secrets.token_urlsafe(24),
            postgres_admin_password=kept.get("postgres_admin_password") or secrets.token_urlsafe(24),
            valkey_password=kept.get("valkey_password") or secrets.token_urlsafe(24),
            slack_token=kept.get("slack_token") or f"xoxb-{secrets.token_urlsafe(24)}",
            slack_webhook_secret=kept.get("slack_webhook_secret")
            or f"whsec_{b64encode(secrets.token_bytes(24)).decode()}",
            github_token=kept.get("github_token") or f"ghp_{secrets.token_urlsafe(24)}",
            backup_key=kept.get("backup_key") or secrets.token_hex(32),
        )
        write_json(self._configuration_file, asdict(chosen))
        return chosen

    def kept_configuration(self) -> Configuration | None:
        kept = read_json(self._configuration_file)
        return Configuration(**kept) if kept else None

    @contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether this process is the one that runs this checkout's system."""
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def default_state() -> State:
    return State(ROOT / ".local")


def read_json(file: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        return None
    except json.JSONDecodeError as error:
        raise LocalError(f"{file} is not valid JSON ({error}): remove it, or run `make clean`") from error
    return content


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Atomically, readable by its owner alone: several of these files hold passwords."""
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(content, stream, indent=2)
    draft.replace(file)


def _port(kept: int | None, taken: set[int], free: Callable[[int], bool]) -> int:
    """The kept port while nobody else has taken it, so that addresses survive a restart."""
    while kept is None or kept in taken or not free(kept):
        # Below the range from which systems take ports for outgoing connections.
        kept = 20_000 + secrets.randbelow(12_000)
    taken.add(kept)
    return kept
