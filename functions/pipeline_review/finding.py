"""The finding of the 20:00 task. Pure: what the runs and the changes say, and what is kept of them."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from shared.changes.rolled_back import Undone
from shared.delivery.pipeline import Limits, Looked, Review
from shared.runbook.model import Runbook
from shared.runbook.run import Finding, Verdict, digest

SHOWN: Final = 20  # of each kind, in the evidence


def limits_of(runbook: Runbook) -> Limits:
    task = runbook.tasks.pipeline_review
    return Limits(
        look_back=task.look_back, history=task.history, minimum_history=task.minimum_history,
        slower_by_share=float(task.slower_percent / 100), slower_by=task.slower_by,
    )  # fmt: skip


def review_finding(found: Review, looked: Looked, repository: str, limits: Limits) -> Finding:
    verdict, why = _verdict(found, looked)
    return finding(verdict, why, limits, **_evidence(found, looked, repository))


def with_changes(found: Finding, gone_back: Sequence[Undone]) -> Finding:
    """A change that was rolled back is a regression, whatever the pipeline's host says or does not say."""
    measured = {**found.measured, "rolled_back": [one.change for one in gone_back]}
    if not gone_back:
        return replace(found, measured=measured)
    faults = [*map(str, gone_back), *((found.why,) if found.verdict is not Verdict.PASSED else ())]
    return replace(found, verdict=Verdict.FAILED, why="; ".join(faults)[:1000], measured=measured)


def finding(verdict: Verdict, why: str, limits: Limits, **evidence: Any) -> Finding:
    thresholds = {
        name: value.total_seconds() if isinstance(value, timedelta) else value for name, value in asdict(limits).items()
    }
    return Finding(verdict=verdict, why=f"{why[:1].upper()}{why[1:]}"[:1000], thresholds=thresholds, **evidence)


def _verdict(found: Review, looked: Looked) -> tuple[Verdict, str]:
    if found.faults:
        return Verdict.FAILED, "; ".join(found.faults)
    if found.judged == 0:
        why = (
            f"no run of {looked.default_branch} ended in this time ({found.under_way} are under way): nothing to judge"
        )
        return Verdict.UNCONFIGURED, why
    if found.left_out:
        return Verdict.UNCONFIGURED, f"{found.left_out} runs were too many to be looked into; the others are well"
    return Verdict.PASSED, f"{found.judged} runs of {looked.default_branch} ended well, none slower than usual"


def _evidence(found: Review, looked: Looked, repository: str) -> dict[str, Any]:
    measured = {
        "repository": repository, "branch": looked.default_branch, "runs": len(looked.runs),
        "judged": found.judged, "under_way": found.under_way, "left_out": found.left_out,
        "failures": len(found.failures), "flaky": len(found.flaky), "regressions": len(found.regressions),
        "not_compared": list(found.not_compared)[:SHOWN],
        "slower": [
            {
                "job": f"{one.workflow} / {one.job}", "seconds": one.took.total_seconds(),
                "median_seconds": one.median.total_seconds(), "samples": one.samples,
            }
            for one in found.regressions[:SHOWN]
        ],
    }  # fmt: skip
    concerned = [
        *((f"{run.workflow} at {run.commit[:7]}", run.url) for run in found.failures),
        *((f"{job.workflow} / {job.name}, flaky", job.url) for job in found.flaky),
        *((f"{one.workflow} / {one.job}, slower", one.url) for one in found.regressions),
    ]
    inputs = {
        "runs": digest([asdict(run) for run in looked.runs]),
        "jobs": digest([asdict(job) for job in looked.recent]),
    }
    return {"measured": measured, "links": dict(concerned[: 3 * SHOWN]), "inputs": inputs}
