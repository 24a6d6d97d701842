"""Judges the last day's runs of a deployment pipeline: failures, regressions in duration, flaky jobs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, Protocol

FAILED: Final = frozenset({"failure", "timed_out", "startup_failure"})
SUCCEEDED: Final = "success"
MOST_LOOKED_INTO: Final = 40  # runs of a day
HISTORY_RUNS: Final = 7  # of a workflow, before the day


class PipelineUnavailable(Exception):
    """The pipeline's host can't be asked, refused, or answered with something else: nothing is known."""


class PipelineRefused(PipelineUnavailable):
    """The pipeline's host will not do what it was asked, however often."""


@dataclass(frozen=True, kw_only=True)
class WorkflowRun:
    """One run of a workflow. ``conclusion`` is empty while it is under way."""

    id: int
    workflow: str
    branch: str
    commit: str
    attempt: int
    conclusion: str
    started_at: datetime
    url: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job of one attempt of a run; ``took`` is None where it did not both start and end."""

    run: int
    workflow: str
    name: str
    commit: str
    attempt: int
    conclusion: str
    took: timedelta | None
    url: str


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was found: runs and jobs of the last day (``recent``) and jobs before it (``earlier``), by which it is measured.

    ``left_out``: runs that were too many to be looked into.
    """

    default_branch: str
    runs: Sequence[WorkflowRun]
    recent: Sequence[Job]
    earlier: Sequence[Job]
    left_out: int = 0


class Pipeline(Protocol):
    """Raises ``PipelineUnavailable``."""

    def default_branch(self) -> str: ...

    def runs(self, since: datetime, until: datetime) -> Sequence[WorkflowRun]:
        """Begun from ``since`` to ``until``, newest first."""

    def jobs(self, run: WorkflowRun) -> Sequence[Job]:
        """Of every attempt of a run."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    look_back: timedelta
    history: timedelta
    minimum_history: int
    slower_by_share: float
    slower_by: timedelta


@dataclass(frozen=True, kw_only=True)
class Regression:
    workflow: str
    job: str
    took: timedelta
    median: timedelta
    samples: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """``judged``: runs of the default branch that ended, well or not; without any, nothing can be said."""

    judged: int
    under_way: int
    failures: Sequence[WorkflowRun]
    flaky: Sequence[Job]
    regressions: Sequence[Regression]
    not_compared: Sequence[str]
    left_out: int

    @property
    def faults(self) -> list[str]:
        return [
            *(f"{run.workflow} failed on {run.branch} at {run.commit[:7]}" for run in self.failures),
            *(f"{job.workflow} / {job.name} is flaky: failed, then passed at {job.commit[:7]}" for job in self.flaky),
            *(
                f"{one.workflow} / {one.job} took {_seconds(one.took)}, the median of {one.samples} before is "
                f"{_seconds(one.median)}"
                for one in self.regressions
            ),
        ]


def look(pipeline: Pipeline, limits: Limits, now: datetime) -> Looked:
    """Ask for what is judged: the day's runs, the jobs of those that matter, and those of earlier good runs."""
    branch = pipeline.default_branch()
    since = now - limits.look_back
    runs = pipeline.runs(since, now)
    matter = [run for run in runs if run.conclusion and (run.branch == branch or run.attempt > 1)]
    recent = [job for run in matter[:MOST_LOOKED_INTO] for job in pipeline.jobs(run)]
    before = pipeline.runs(since - limits.history, since) if matter else ()
    earlier = [job for run in _history(before, branch, {run.workflow for run in matter}) for job in pipeline.jobs(run)]
    return Looked(
        default_branch=branch, runs=runs, recent=recent, earlier=earlier,
        left_out=max(len(matter) - MOST_LOOKED_INTO, 0),
    )  # fmt: skip


def review(looked: Looked, limits: Limits) -> Review:
    own = [run for run in looked.runs if run.branch == looked.default_branch]
    regressions, not_compared = _regressions(looked, limits)
    return Review(
        judged=sum(run.conclusion in FAILED | {SUCCEEDED} for run in own),
        under_way=sum(not run.conclusion for run in looked.runs),
        failures=[run for run in own if run.conclusion in FAILED],
        flaky=list(_flaky(looked.recent)), regressions=regressions, not_compared=not_compared,
        left_out=looked.left_out,
    )  # fmt: skip


def _history(runs: Iterable[WorkflowRun], branch: str, workflows: set[str]) -> Iterator[WorkflowRun]:
    taken: dict[str, int] = defaultdict(int)
    for run in runs:
        if run.branch == branch and run.conclusion == SUCCEEDED and run.workflow in workflows:
            taken[run.workflow] += 1
            if taken[run.workflow] <= HISTORY_RUNS:
                yield run


def _flaky(jobs: Iterable[Job]) -> Iterator[Job]:
    """The job that failed, of each job that failed and then succeeded at the same commit."""
    told = set()
    failed: dict[tuple[str, str, str], Job] = {}
    for job in sorted(jobs, key=lambda one: (one.run, one.attempt)):
        key = job.workflow, job.name, job.commit
        if job.conclusion in FAILED:
            failed[key] = job
        elif job.conclusion == SUCCEEDED and key in failed and key not in told:
            told.add(key)
            yield failed[key]


def _regressions(looked: Looked, limits: Limits) -> tuple[list[Regression], list[str]]:
    """By job, the median of the day's good runs of the default branch against the median of those before."""
    own = {run.id for run in looked.runs if run.branch == looked.default_branch}
    before = _durations(looked.earlier)
    found, not_compared = [], []
    for (workflow, name), jobs in _durations(job for job in looked.recent if job.run in own).items():
        earlier = [took for took, _ in before.get((workflow, name), ())]
        if len(earlier) < limits.minimum_history:
            not_compared.append(f"{workflow} / {name}")
            continue
        usual, took = _median(earlier), _median([took for took, _ in jobs])
        if took > usual * (1 + limits.slower_by_share) and took - usual >= limits.slower_by:
            slowest = max(jobs, key=lambda one: one[0])[1]
            found.append(
                Regression(workflow=workflow, job=name, took=took, median=usual, samples=len(earlier), url=slowest.url)
            )
    return found, not_compared


def _durations(jobs: Iterable[Job]) -> Mapping[tuple[str, str], list[tuple[timedelta, Job]]]:
    found: dict[tuple[str, str], list[tuple[timedelta, Job]]] = defaultdict(list)
    for job in jobs:
        if job.conclusion == SUCCEEDED and job.took is not None:
            found[job.workflow, job.name].append((job.took, job))
    return found


def _median(durations: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(took.total_seconds() for took in durations))


def _seconds(took: timedelta) -> str:
    return f"{took.total_seconds():.0f} s"
