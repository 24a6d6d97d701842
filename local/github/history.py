"""A played history of a pipeline: thirty days of runs that nobody made, the same at each look at the same moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Final

from local.chaos import PipelineScenario

KEPT: Final = timedelta(days=30)
DEFAULT_BRANCH: Final = "main"
MAIN: Final = "Main"
_DAY: Final = timedelta(days=1)
_TIMES: Final = (time(6, 30), time(11, 15), time(15, 40))
"""Of each day (UTC): any 24 hours hold runs that ended."""

_SECONDS: Final = {"Checks": 480, "Build once": 210, "Staging": 600}
_SLOW_JOB: Final = "Checks"
_MOST_NOISE: Final = 5  # percent


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    attempt: int
    conclusion: str
    started_at: datetime
    completed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Run:
    """``conclusion`` is empty while it is under way."""

    id: int
    branch: str
    commit: str
    attempt: int
    conclusion: str
    created_at: datetime
    jobs: tuple[Job, ...]


def runs(now: datetime, scenario: PipelineScenario) -> list[Run]:
    """Newest first. A scenario is of the last day: before it, everything went well."""
    begun = [one for one in _begun(now) if now - KEPT < one <= now]
    # One that is under way says nothing yet: what is to be found lies in the newest that has ended.
    newest = next((one for one in begun if _played(one, scenario, now).conclusion), None)
    return [_played(one, _of(scenario, one, newest, now), now) for one in begun]


def _begun(now: datetime) -> Iterator[datetime]:
    for back in range(KEPT.days + 1):
        day = (now - back * _DAY).date()
        yield from (datetime.combine(day, at, UTC) for at in reversed(_TIMES))


def _of(scenario: PipelineScenario, begun: datetime, newest: datetime | None, now: datetime) -> PipelineScenario:
    concerned = begun == newest if scenario in {"failure", "flake"} else now - begun < _DAY
    return scenario if concerned else "clean"


def _played(begun: datetime, scenario: PipelineScenario, now: datetime) -> Run:
    number = int(begun.timestamp()) // 60
    attempts = (
        ("failure", "success") if scenario == "flake" else ("failure",) if scenario == "failure" else ("success",)
    )
    jobs: list[Job] = []
    at = begun
    for attempt, conclusion in enumerate(attempts, 1):
        for name in _SECONDS:
            ended = at + timedelta(seconds=_seconds(name, number, scenario))
            jobs.append(Job(name=name, attempt=attempt, conclusion=conclusion if name == _SLOW_JOB else "success",
                            started_at=at, completed_at=ended))  # fmt: skip
            at = ended
            if jobs[-1].conclusion == "failure":
                break  # those after it need it
    return Run(
        id=number, branch=DEFAULT_BRANCH, commit=sha256(str(number).encode()).hexdigest()[:40], attempt=len(attempts),
        conclusion=attempts[-1] if at <= now else "", created_at=begun,
        jobs=tuple(job for job in jobs if job.completed_at <= now),
    )  # fmt: skip


def _seconds(name: str, number: int, scenario: PipelineScenario) -> int:
    noise = number * 7919 % (2 * _MOST_NOISE + 1) - _MOST_NOISE
    slower = scenario == "regression" or (scenario == "slow_job" and name == _SLOW_JOB)
    return round(_SECONDS[name] * (1 + noise / 100) * (2 if slower else 1))
