"""A second, temporary PostgreSQL: the latest base backup that will do, the WAL up to a moment, a port of its own."""

import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.backups.repository import Base, Repository
from local.backups.sealing import Damaged, unseal
from local.backups.wal import unbroken
from local.state import LOOPBACK

_POLL_SECONDS = 0.1
_BASE = "base.tar.sealed"
_WAL = "pg_wal.tar.sealed"
_MANIFEST = "backup_manifest.sealed"
_PLAIN_SETTINGS = re.compile(r"^(restore_command|recovery_target\w*|archive_\w+)\s*=", re.MULTILINE)


class RestoreFailed(Exception):
    """No restored database came about; the message says which step failed and why."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a restore to a moment will use."""

    base: Base
    segments: tuple[str, ...]
    to: datetime


def plan(repository: Repository, to: datetime, *, base_before: datetime | None = None) -> Plan:
    """The newest base backup that ended before ``base_before`` (by default, before ``to``), and the WAL after it.

    Raises RestoreFailed: there is no such base backup, or a segment between it and the moment is missing.
    """
    usable = [base for base in repository.bases() if base.finished <= min(base_before or to, to)]
    if not usable:
        raise RestoreFailed(f"no base backup ended before {min(base_before or to, to):%Y-%m-%d %H:%M:%S} UTC")
    base = usable[-1]
    return Plan(base=base, segments=tuple(_needed(repository, base, to)), to=to)


def _needed(repository: Repository, base: Base, to: datetime) -> Iterator[str]:
    """Segments from the base's first to those written after the moment: one holds the commit that ends the replay."""
    timeline = base.first_segment[:8]
    there = [name for name in repository.segments() if name[:8] == timeline and name >= base.first_segment]
    after = [name for name in there if (repository.wal / name).stat().st_mtime > to.timestamp()]
    last = after[:2][-1] if after else (there[-1] if there else base.first_segment)
    known = set(there)
    for name in unbroken(base.first_segment, last):
        if name not in known:
            raise RestoreFailed(f"WAL segment {name} is missing from the archive: nothing after it can be replayed")
        yield name


class TemporaryPostgres:
    """Provisioned, used, destroyed. ``user`` is whom it runs as when we are root."""

    def __init__(self, folder: Path, binaries: Path, port: int, user: str | None) -> None:
        self.folder = folder
        self.port = port
        self._binaries = binaries
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def provision(self, repository: Repository, chosen: Plan, said: Callable[[str], None]) -> None:
        """Unpack, verify, replay, open. Raises RestoreFailed; what was made until then is gone afterwards."""
        try:
            self._provision(repository, chosen, said)
        except Damaged as error:
            self.destroy()
            raise RestoreFailed(f"the backup is damaged: {error}") from error
        except (OSError, tarfile.TarError) as error:
            self.destroy()
            raise RestoreFailed(f"the backup could not be unpacked: {error}") from error
        except BaseException:
            self.destroy()
            raise

    def _provision(self, repository: Repository, chosen: Plan, said: Callable[[str], None]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o711, parents=True)
        said("unpacking the base backup")
        self._unpack(repository, chosen.base)
        said("verifying the base backup")
        self._verify(chosen.base)
        said(f"fetching {len(chosen.segments)} WAL segments")
        self._fetch_wal(repository, chosen)
        said("replaying the write-ahead log")
        self._configure(chosen.to)
        self._launch()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait_until_open(self, answers: Callable[[], bool], deadline: float) -> None:
        """Until the replay has ended and the server takes connections. Raises RestoreFailed."""
        while not answers():
            if not self.is_alive():
                raise RestoreFailed(f"the replay failed: {self.why()}")
            if time.monotonic() > deadline:
                raise RestoreFailed("the replay did not end in time")
            time.sleep(_POLL_SECONDS)

    def why(self) -> str:
        """What the server said last of its end."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        fatal = [
            line.partition("FATAL:")[2].strip() for line in lines if "FATAL:" in line and "starting up" not in line
        ]
        panic = [line.partition("PANIC:")[2].strip() for line in lines if "PANIC:" in line]
        return (panic or fatal or lines or ["the temporary instance said nothing"])[-1]

    def stop(self) -> None:
        process, self._process = self._process, None
        if process and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)

    def destroy(self) -> None:
        """Kill it and remove all of it; done twice it is the same."""
        process, self._process = self._process, None
        if process and process.poll() is None:
            process.kill()
            process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _unpack(self, repository: Repository, base: Base) -> None:
        source = repository.base / base.id
        self.data.mkdir(mode=0o700)
        for name, target in ((_BASE, self.data), (_WAL, self.data / "pg_wal")):
            tar = self.folder / name.removesuffix(".sealed")
            unseal(source / name, tar, repository.key)
            with tarfile.open(tar) as archive:
                archive.extractall(target, filter="data")
            tar.unlink()
        unseal(source / _MANIFEST, self.data / "backup_manifest", repository.key)

    def _verify(self, base: Base) -> None:
        command = [str(self._binaries / "pg_verifybackup"), "--quiet", "--no-parse-wal", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})
        if done.returncode:
            raise RestoreFailed(f"base backup {base.id} is not what was backed up: {done.stderr.strip()[-300:]}")

    def _fetch_wal(self, repository: Repository, chosen: Plan) -> None:
        wal = self.folder / "wal"
        wal.mkdir(mode=0o700)
        for name in [*chosen.segments, *repository.histories()]:
            unseal(repository.wal / name, wal / name, repository.key)
        if self._user:
            _give(self.data, self._user)
            _give(wal, self._user)

    def _configure(self, to: datetime) -> None:
        """Recovery up to a moment; nothing of the source's own archiving."""
        kept = self.data / "postgresql.auto.conf"
        lines = [line for line in kept.read_text().splitlines() if not _PLAIN_SETTINGS.match(line)]
        lines += [
            f'restore_command = \'cp "{self.folder / "wal"}/%f" "%p"\'',
            f"recovery_target_time = '{to.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00'",
            "recovery_target_timeline = 'current'",
            "recovery_target_action = 'promote'",
        ]
        kept.write_text("\n".join(lines) + "\n")
        signal_file = self.data / "recovery.signal"
        signal_file.touch(mode=0o600)
        if self._user:
            shutil.chown(signal_file, self._user)

    def _launch(self) -> None:
        settings = {
            "listen_addresses": LOOPBACK, "port": str(self.port), "unix_socket_directories": "", "archive_mode": "off",
            "hot_standby": "off", "shared_buffers": "64MB", "fsync": "off", "full_page_writes": "off", "max_wal_size": "1GB",
            # In its folder: it is killed, and would leave a megabyte in the machine's memory each time.
            "dynamic_shared_memory_type": "mmap",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env={"LC_ALL": "C.UTF-8"},
                user=self._user, group=self._user, extra_groups=[] if self._user else None, cwd="/",
            )  # fmt: skip


def _give(folder: Path, user: str) -> None:
    shutil.chown(folder, user)
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files):
            shutil.chown(Path(path) / name, user)


@contextmanager
def temporary(instance: TemporaryPostgres) -> Iterator[TemporaryPostgres]:
    """Destroyed however this ends."""
    try:
        yield instance
    finally:
        instance.destroy()
