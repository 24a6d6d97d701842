"""Judges what Valkey says of its memory: use, fragmentation, evictions, persistence, and when the threshold is reached.

Fields are those of ``INFO`` (https://valkey.io/commands/info/), of the node that holds all slots.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SECTIONS: Final = ("server", "memory", "stats", "persistence", "replication")
LONGEST_FORECAST: Final = timedelta(days=365)  # what lies beyond is no forecast, but a guess
_OK: Final = "ok"
_STATUSES: Final = {
    "aof_last_write_status": "the last write to the append-only file",
    "aof_last_bgrewrite_status": "the last rewrite of the append-only file",
    "rdb_last_bgsave_status": "the last snapshot",
}


class WrongInfo(ValueError):
    """Not what INFO answers: says which field is missing or is no number."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Bytes, but for ratios and counts. ``maximum`` is 0 where no limit is set; ``host`` is the machine's whole memory."""

    used: int
    maximum: int
    host: int
    fragmentation_ratio: float
    fragmentation: int
    evicted: int
    server: str
    loading: bool
    append_only: bool
    replicas: int
    statuses: Mapping[str, str]

    @property
    def limit(self) -> int:
        return self.maximum or self.host

    @property
    def share(self) -> float:
        return self.used / self.limit


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Of shares of 1; a fragmentation is too much when both of its thresholds are exceeded."""

    below: float
    maximum_fragmentation: float
    fragmentation_matters_from: int
    maximum_evictions: int


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What an earlier run measured."""

    at: datetime
    share: float
    evicted: int
    server: str


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """``faults`` are sentences; ``unconfigured`` says why it can't be called good even without any."""

    faults: tuple[str, ...]
    unconfigured: str
    evictions: int
    restarted: bool
    reached_at: datetime | None


def read_info(texts: Sequence[bytes]) -> Memory:
    """From the sections' texts. Raises WrongInfo."""
    fields = dict(_fields(texts))
    memory = Memory(
        used=_whole(fields, "used_memory"), maximum=_whole(fields, "maxmemory"),
        host=_whole({"total_system_memory": "0", **fields}, "total_system_memory"),
        fragmentation_ratio=_number(fields, "mem_fragmentation_ratio"),
        fragmentation=_whole(fields, "mem_fragmentation_bytes", least=None), evicted=_whole(fields, "evicted_keys"),
        server=_text(fields, "run_id"), loading=_text(fields, "loading") != "0",
        append_only=_text(fields, "aof_enabled") == "1", replicas=_whole(fields, "connected_slaves"),
        statuses={name: fields[name] for name in _STATUSES if name in fields},
    )  # fmt: skip
    if memory.limit == 0:
        raise WrongInfo("INFO names neither a maxmemory nor the host's total_system_memory")
    return memory


def assess(memory: Memory, thresholds: Thresholds, earlier: Sequence[Earlier], now: datetime) -> Assessment:
    """``earlier``: what runs before ``now`` measured, newest first."""
    last = earlier[0] if earlier else None
    restarted = last is not None and last.server != memory.server
    # The counter begins anew with the server; the first run knows of no earlier ones, and judges all that it counts.
    before = last.evicted if last is not None and not restarted else 0
    evictions = max(memory.evicted - before, 0)
    return Assessment(
        faults=tuple(_faults(memory, thresholds, evictions)),
        unconfigured="" if memory.maximum else
        f"maxmemory is 0: no limit is set, so that only the host's {_mib(memory.host)} bound it; set maxmemory",
        evictions=evictions, restarted=restarted,
        reached_at=forecast([(one.at, one.share) for one in earlier] + [(now, memory.share)], thresholds.below),
    )  # fmt: skip


def forecast(points: Sequence[tuple[datetime, float]], threshold: float) -> datetime | None:
    """When a straight line through the points (least squares) reaches the threshold after the last of them.

    None if it never does, not within a year, or if two points at different times are not there.
    """
    last = max(at for at, _ in points)
    days = [(at - last) / timedelta(days=1) for at, _ in points]
    shares = [share for _, share in points]
    middle, level = sum(days) / len(days), sum(shares) / len(shares)
    spread = sum((day - middle) ** 2 for day in days)
    if spread == 0:
        return None
    slope = sum((day - middle) * (share - level) for day, share in zip(days, shares, strict=True)) / spread
    if slope <= 0:
        return None
    ahead = middle + (threshold - level) / slope
    if ahead > LONGEST_FORECAST / timedelta(days=1):
        return None
    return last + timedelta(days=max(ahead, 0))


def describe(memory: Memory, assessment: Assessment) -> str:
    """The sentence that a person reads."""
    of = "maxmemory" if memory.maximum else "the host's memory"
    used = f"{_mib(memory.used)} are used, {memory.share:.1%} of {of}"
    parts = [*assessment.faults, *([assessment.unconfigured] if assessment.unconfigured else [])]
    if assessment.restarted:
        parts.append("the server was restarted or replaced since the last run")
    if assessment.reached_at and not assessment.faults:
        parts.append(f"as it grows, the threshold is reached on {assessment.reached_at.astimezone(UTC):%Y-%m-%d}")
    return "; ".join([used, *parts]) + "."


def _faults(memory: Memory, thresholds: Thresholds, evictions: int) -> Iterator[str]:
    if memory.loading:
        yield "it is still loading its data, and answers nobody until it has"
    if memory.share >= thresholds.below:
        yield f"that is not below {thresholds.below:.0%}"
    ratio, wasted = memory.fragmentation_ratio, memory.fragmentation
    if ratio > thresholds.maximum_fragmentation and wasted >= thresholds.fragmentation_matters_from:
        yield f"fragmentation is {ratio:g} and wastes {_mib(wasted)}"
    if evictions > thresholds.maximum_evictions:
        yield f"{evictions} keys were evicted since the last run: accepted events may be among them"
    for name, status in memory.statuses.items():
        if status != _OK:
            yield f"{_STATUSES[name]} failed ({name} is {status})"
    if not memory.append_only and memory.replicas == 0:
        yield "nothing keeps its data: no append-only file, and no replica is connected"


def _fields(texts: Sequence[bytes]) -> Iterator[tuple[str, str]]:
    for text in texts:
        if not isinstance(text, bytes):
            raise WrongInfo(f"INFO answered {text!r}"[:200])
        for line in text.decode(errors="replace").splitlines():
            name, colon, value = line.partition(":")
            if colon and not line.startswith("#"):
                yield name, value.strip()


def _text(fields: Mapping[str, str], name: str) -> str:
    if not fields.get(name):
        raise WrongInfo(f"INFO lacks {name}")
    return fields[name]


def _number(fields: Mapping[str, Any], name: str) -> float:
    try:
        value = float(_text(fields, name))
    except ValueError as error:
        raise WrongInfo(f"{name} is {fields.get(name)!r}, which is no number") from error
    if not 0 <= value < float("inf"):
        raise WrongInfo(f"{name} is {value}")
    return value


def _whole(fields: Mapping[str, str], name: str, *, least: int | None = 0) -> int:
    try:
        value = int(_text(fields, name))
    except WrongInfo:
        raise
    except ValueError as error:
        raise WrongInfo(f"{name} is {fields[name]!r}, which is no whole number") from error
    if least is not None and value < least:
        raise WrongInfo(f"{name} is {value}")
    return value


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
