"""A load snapshot: what a system answered under a small, steady load, and whether that is worse than the last time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from shared.platform.percentile import percentile

_WITHIN: Final = "It is within the limits of the snapshot before: "
_ALONE: Final = "There is no snapshot before it: only the error rate was judged: "


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One request. ``seconds`` count from when it was due, not from when there was time to send it; ``why`` is empty for
    one that was answered as it should be."""

    kind: str
    seconds: float
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of requests; times in milliseconds, of the answered ones alone (0 when there is none)."""

    requests: int
    failed: int
    p50: float
    p95: float
    p99: float

    @property
    def error_rate(self) -> float:
        """A share, 0 to 1."""
        return self.failed / self.requests if self.requests else 0.0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """``per_second`` was asked for in ``seconds``; ``throughput`` is what was well answered in each of them."""

    address: str
    at: str
    per_second: int
    seconds: int
    all: Figures
    kinds: Mapping[str, Figures]
    throughput: float
    problems: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Slower is what is slower by both, a share (0.2: a fifth) and milliseconds; the error rates are shares as well."""

    slower_share: float
    slower_ms: float
    more_errors: float
    most_errors: float


@dataclass(frozen=True, kw_only=True)
class Judgement:
    within: bool
    why: str


class Incomparable(ValueError):
    """Two snapshots that say nothing of each other."""


def summarise(address: str, at: str, per_second: int, seconds: int, samples: Sequence[Sample]) -> Snapshot:
    problems: dict[str, int] = {}
    for sample in samples:
        if sample.why:
            problems[sample.why] = problems.get(sample.why, 0) + 1
    whole = _figures(samples)
    return Snapshot(
        address=address, at=at, per_second=per_second, seconds=seconds, all=whole,
        kinds={kind: _figures([one for one in samples if one.kind == kind]) for kind in _kinds(samples)},
        throughput=round((whole.requests - whole.failed) / seconds, 2), problems=problems,
    )  # fmt: skip


def read_snapshot(content: Mapping[str, Any]) -> Snapshot:
    """As ``to_json`` gave it. Raises KeyError and TypeError for anything else."""
    kinds = {str(kind): Figures(**figures) for kind, figures in content["kinds"].items()}
    return Snapshot(**{**content, "all": Figures(**content["all"]), "kinds": kinds})


def judge(found: Snapshot, before: Snapshot | None, limits: Limits) -> Judgement:
    """Of p95 and the error rate; without one before only of the error rate. Raises Incomparable."""
    if before is not None:
        _check_comparable(found, before)
    reasons = [*_too_many_errors(found, before, limits), *_too_slow(found, before, limits)]
    if reasons:
        return Judgement(within=False, why="; ".join(reasons))
    was = f", was {before.all.p95:g} ms; " if before else "; "
    rates = f"error rate {found.all.error_rate:.2%}" + (f", was {before.all.error_rate:.2%}" if before else "")
    return Judgement(within=True, why=f"{_WITHIN if before else _ALONE}p95 {found.all.p95:g} ms{was}{rates}")


def _too_many_errors(found: Snapshot, before: Snapshot | None, limits: Limits) -> Iterator[str]:
    rate = found.all.error_rate
    if not found.all.requests:
        yield "no request was made"
    if rate > limits.most_errors:
        yield f"error rate {rate:.2%}: at most {limits.most_errors:.2%} may fail"
    elif before is not None and rate - before.all.error_rate > limits.more_errors:
        yield f"error rate {rate:.2%}, was {before.all.error_rate:.2%}: more than {limits.more_errors:.2%} higher"


def _too_slow(found: Snapshot, before: Snapshot | None, limits: Limits) -> Iterator[str]:
    if before is None:
        return
    slower = found.all.p95 - before.all.p95
    if slower > limits.slower_ms and slower > before.all.p95 * limits.slower_share:
        yield (
            f"p95 {found.all.p95:g} ms, was {before.all.p95:g} ms: more than {limits.slower_share:.0%} and "
            f"{limits.slower_ms:g} ms slower"
        )


def _check_comparable(found: Snapshot, before: Snapshot) -> None:
    if found.address != before.address:
        raise Incomparable(f"the snapshot before is of {before.address}, not of {found.address}")
    if found.per_second != before.per_second:
        raise Incomparable(
            f"the snapshot before was made with {before.per_second} requests/s, this one with {found.per_second}"
        )


def _figures(samples: Sequence[Sample]) -> Figures:
    times = [sample.seconds * 1000 for sample in samples if not sample.why]
    p50, p95, p99 = (round(percentile(times, share), 1) if times else 0.0 for share in (0.5, 0.95, 0.99))
    return Figures(requests=len(samples), failed=len(samples) - len(times), p50=p50, p95=p95, p99=p99)


def _kinds(samples: Sequence[Sample]) -> list[str]:
    return sorted({sample.kind for sample in samples})
