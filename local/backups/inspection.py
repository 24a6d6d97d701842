"""Finds rot in what is kept: every file that was kept is still there, and still opens as what was sealed.

Each day a part is read again: all that a restore to now would use, all that is new, and of the rest those that have waited
longest, so that each is read within a week.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from local.backups.chain import chain, chain_faults, history_faults, missing, missing_histories
from local.backups.repository import Base, Repository
from local.backups.sealing import Damaged, check_seal
from local.backups.wal import is_segment
from local.state import write_json
from shared.backups.model import Inspection, Part
from shared.backups.words import moment_text

WITHIN: Final = timedelta(days=7)
_PARTS: Final = 7
# Who waits longer than this would be read too late if the next part came an hour late.
_AT_LAST: Final = WITHIN - timedelta(days=1, hours=1)
MISSING: Final = "is missing"
_SEALED: Final = ".sealed"
_CHUNK: Final = 1 << 20
BASIS: Final = (
    "Files on this machine: the chain of WAL is walked at every check; files are read again, a part each day, "
    "and held against the checksums taken when they were kept."
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file as it was when it was read first. ``fault`` says what the last reading found, if anything."""

    digest: str
    size: int
    read_at: datetime
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Everything that was kept, by its path below the repository, and the last parts that were read."""

    files: Mapping[str, Kept]
    parts: tuple[Part, ...]

    @property
    def read_at(self) -> datetime | None:
        return self.parts[-1].at if self.parts else None

    @classmethod
    def load(cls, repository: Repository) -> Self:
        file = _file(repository)
        if not file.exists():
            return cls(files={}, parts=())
        plain = json.loads(file.read_text())
        return cls(
            files={name: Kept(**_moments(one, "read_at")) for name, one in plain["files"].items()},
            parts=tuple(Part(**_moments(one, "at") | {"what": tuple(one["what"])}) for one in plain["parts"]),
        )

    def save(self, repository: Repository) -> None:
        files = {name: asdict(one) | {"read_at": one.read_at.isoformat()} for name, one in self.files.items()}
        parts = [asdict(part) | {"at": part.at.isoformat()} for part in self.parts]
        write_json(_file(repository), {"parts": parts, "files": files})


def read_part(repository: Repository, before: Inventory, now: datetime, keep: timedelta) -> Inventory:
    """Read today's part. ``keep`` is for how long what was kept must be there."""
    present = {_name(repository, file): file for file in _files(repository)}
    owed = _owed(repository, now, keep)
    files = {name: one for name, one in before.files.items() if name in present or owed(name)}
    for name in files.keys() - present.keys():
        files[name] = replace(files[name], fault=MISSING)
    read = sorted(_today(repository, files, present, now))
    for name in read:
        files[name] = _read(present[name], files.get(name), repository.key, now)
    size = sum(files[name].size for name in read)
    part = Part(at=now, files=len(read), size=size, what=tuple(_told(read)))
    return Inventory(files=files, parts=(*before.parts, part)[-_PARTS:])


def inspection(repository: Repository, inventory: Inventory, reached: str | None) -> Inspection:
    """What is known now: the chain as it stands, and what the parts that were read have found."""
    bases, segments = repository.bases(), repository.segments()
    wrong = {name: one.fault for name, one in inventory.files.items() if one.fault}
    of_wal = {
        name.removeprefix("wal/"): fault for name, fault in wrong.items() if is_segment(name.removeprefix("wal/"))
    }
    unknown = missing_histories(segments, bases, repository.histories())
    gone = {name for name, fault in of_wal.items() if fault == MISSING} - set(segments)
    faults = (
        *chain_faults(
            repository.wal, segments, bases, gone | set(missing(segments, bases, reached)), of_wal.keys() - gone
        ),
        *history_faults(unknown),
        *_faults_of_bases(repository, bases, wrong),
        *(
            f"{name} {fault}."
            for name, fault in sorted(wrong.items())
            if name.startswith("wal/") and name[4:] not in of_wal and name[4:] not in unknown
        ),
        *_faults_of_snapshots(wrong),
    )
    files = inventory.files.values()
    return Inspection(
        basis=BASIS, reads=True, faults=faults, chain=chain(segments, bases), files=len(files),
        size=sum(one.size for one in files), kept_since=min((_taken(base.id) for base in bases), default=None),
        oldest_reading=min((one.read_at for one in files), default=None), parts=inventory.parts,
    )  # fmt: skip


def _today(
    repository: Repository, files: Mapping[str, Kept], present: Mapping[str, Path], now: datetime
) -> Iterator[str]:
    needed_now = _needed_now(repository)
    waiting: list[tuple[datetime, str]] = []
    for name in present:
        kept = files.get(name)
        if kept is None or kept.fault or now - kept.read_at >= _AT_LAST or needed_now(name):
            yield name
        else:
            waiting.append((kept.read_at, name))
    share = sum(files[name].size for name in present if name in files) / _PARTS
    for _, name in sorted(waiting):
        if share <= 0:
            return
        share -= files[name].size
        yield name


def _needed_now(repository: Repository) -> Callable[[str], bool]:
    """Whether a restore to this moment, or of the newest snapshot of Valkey, would use a file."""
    bases, snapshots = repository.bases(), sorted(folder.name for folder in repository.valkey.iterdir())
    newest = tuple(f"base/{base.id}/" for base in bases[-1:]) + tuple(f"valkey/{name}/" for name in snapshots[-1:])
    first = f"wal/{bases[-1].first_segment}" if bases else "wal0"
    return lambda name: name.startswith(newest) or (name.startswith("wal/") and name >= first)


def _owed(repository: Repository, now: datetime, keep: timedelta) -> Callable[[str], bool]:
    """Whether a file that is gone should be here: its time is not over, or a base backup that is kept needs it."""
    needed = min((base.first_segment[8:] for base in repository.bases()), default="")

    def owed(name: str) -> bool:
        folder, _, rest = name.partition("/")
        if folder == "wal":
            return not is_segment(rest) or rest[8:] >= needed
        return _taken(rest.partition("/")[0]) + keep > now

    return owed


def _read(file: Path, kept: Kept | None, key: bytes, now: datetime) -> Kept:
    before = kept.digest if kept else ""
    try:
        digest, fault = _digest(file), ""
        if before and digest != before:
            fault = "is not what was kept"
        if file.name.endswith(_SEALED) or file.parent.name == "wal":
            check_seal(file, key)
        size = file.stat().st_size
    except Damaged as error:
        fault, size = f"is damaged ({error})", file.stat().st_size
    except FileNotFoundError:
        fault, size = MISSING, 0
    except OSError as error:  # a disk that can't read it any more: for a restore it is gone
        fault, size = f"can't be read ({error.strerror})", kept.size if kept else 0
    # What was never sound has no checksum to be held against.
    return Kept(digest=before if fault else digest, size=size, read_at=now, fault=fault)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _faults_of_bases(repository: Repository, bases: list[Base], wrong: Mapping[str, str]) -> Iterator[str]:
    found = {name: fault for name, fault in wrong.items() if name.startswith("base/")}
    for base in bases:  # what has gone since the last part was read
        for file in base.files:
            if not (repository.base / base.id / file).exists():
                found[f"base/{base.id}/{file}"] = MISSING
    broken = {name.split("/")[1] for name in found}
    sound = [base for base in bases if base.id not in broken]
    for lost in sorted(broken):
        (name, fault), *others = sorted(one for one in found.items() if one[0].startswith(f"base/{lost}/"))
        more = f" (and {len(others)} more of its files)" if others else ""
        older = [base for base in sound if base.id < lost]
        newer = [base for base in sound if base.id > lost]
        until = f"before base backup {newer[0].id} ({moment_text(newer[0].finished)})" if newer else "after it"
        rest = (
            f"a moment {until} can only be restored from {older[-1].id}"
            if older
            else f"no moment {until} can be restored"
        )
        yield f"{name} {fault}{more}: base backup {lost} can't be restored, and {rest}."


def _faults_of_snapshots(wrong: Mapping[str, str]) -> Iterator[str]:
    for name, fault in sorted(wrong.items()):
        if name.startswith("valkey/"):
            yield f"{name} {fault}: snapshot {name.split('/')[1]} of Valkey can't be restored."


def _files(repository: Repository) -> Iterator[Path]:
    for folder, pattern in ((repository.wal, "*"), (repository.base, "*/*"), (repository.valkey, "*/*")):
        yield from (file for file in folder.glob(pattern) if not file.name.startswith("."))


def _name(repository: Repository, file: Path) -> str:
    return str(file.relative_to(repository.folder))


def _told(names: Iterable[str]) -> Iterator[str]:
    """By folder, with the first and the last: ``wal: 00…3 to 00…9 (7 files)``."""
    folders: dict[str, list[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        folders.setdefault(folder, []).append(file)
    for folder, files in folders.items():
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        yield f"{folder}: {files[0]} to {files[-1]} ({count})" if folder == "wal" else f"{folder} ({count})"


def _taken(identifier: str) -> datetime:
    """When a base backup or a snapshot of this name was begun."""
    return datetime.fromisoformat(identifier.partition("-")[2]).astimezone(UTC)


def _moments(plain: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**plain, name: datetime.fromisoformat(plain[name])}


def _file(repository: Repository) -> Path:
    return repository.folder / "inventory.json"
