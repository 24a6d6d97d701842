"""Events as AWS Backup puts them on the default bus."""

from typing import Any

import pytest

from shared.incidents.backup_jobs import signal_of_job
from tests.unit.shared.incidents.world import START, World

CLUSTER = "arn:aws:rds:eu-central-1:123456789012:cluster:p09-prod-postgres"
ROLE = "arn:aws:iam::123456789012:role/p09-prod-backup-jobs"


def job(kind: str, state: str, *, minute: int = 0, **detail: Any) -> dict[str, Any]:
    word = "status" if kind == "Restore" else "state"
    about = {"resourceType": "Aurora"} if kind == "Restore" else {"resourceArn": CLUSTER, "resourceType": "Aurora"}
    return {
        "version": "0", "id": f"{kind}-{state}-{minute}", "detail-type": f"{kind} Job State Change", "source": "aws.backup",
        "account": "123456789012", "time": f"2026-11-25T01:{minute:02}:00Z", "region": "eu-central-1", "resources": [],
        "detail": {word: state, "iamRoleArn": ROLE, **about, **detail},
    }  # fmt: skip


@pytest.mark.parametrize("state", ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"])
@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("Backup", "AWS Backup could not back up p09-prod-postgres"),
        ("Copy", "AWS Backup could not copy the backup of p09-prod-postgres"),
        ("Restore", "AWS Backup could not restore a backup of Aurora"),
    ],
)
def test_a_job_that_did_not_complete_is_an_incident_until_one_of_its_kind_does(
    kind: str, title: str, state: str
) -> None:
    failed = signal_of_job(job(kind, state, statusMessage="Access to the key was denied."))
    assert failed
    assert (failed.title, failed.why, failed.failing) == (title, "Access to the key was denied.", True)
    completed = signal_of_job(job(kind, "COMPLETED", minute=30))
    assert completed
    assert (completed.source, completed.cause, completed.failing) == (failed.source, failed.cause, False)
    assert completed.at > failed.at


@pytest.mark.parametrize("state", ["CREATED", "PENDING", "RUNNING", "ABORTING"])
def test_a_job_that_goes_on_says_nothing(state: str) -> None:
    assert signal_of_job(job("Backup", state)) is None


def test_a_failure_without_a_message_says_how_the_job_ended() -> None:
    found = signal_of_job(job("Copy", "EXPIRED"))
    assert found
    assert found.why == "The job is expired."


def test_a_failed_backup_opens_an_incident_which_the_next_one_that_completes_ends() -> None:
    world = World()
    failed, completed = (
        signal_of_job(job("Backup", state, minute=n)) for n, state in enumerate(("FAILED", "COMPLETED"))
    )
    assert failed
    assert completed
    world.hear(failed)
    assert world.only().title == failed.title
    world.hear(completed)
    world.tick((completed.at - START).total_seconds() / 60 + 60)
    assert [change for _, change in world.changes()] == ["opened", "monitoring", "resolved"]
