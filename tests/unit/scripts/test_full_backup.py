from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from scripts.full_backup import BackupNotGood, Progress, aws_backup, show

OUTPUTS = {
    "BackupVaultName": "p09-prod-backups", "PostgresClusterArn": "arn:aws:rds:eu-central-1:1:cluster:p09-prod-postgres",
    "BackupRoleArn": "arn:aws:iam::1:role/backup", "BackupDays": "35",
}  # fmt: skip
POINT = "arn:aws:rds:eu-central-1:1:cluster-snapshot:awsbackup:job-1"
STARTED = {
    "BackupVaultName": "p09-prod-backups", "ResourceArn": OUTPUTS["PostgresClusterArn"], "IdempotencyToken": "once",
    "IamRoleArn": OUTPUTS["BackupRoleArn"], "Lifecycle": {"DeleteAfterDays": 35},
}  # fmt: skip


def _backup(*jobs: dict[str, Any], point: dict[str, Any] | None = None) -> Any:
    client = boto3.client("backup", "eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret")
    stub = Stubber(client)
    stub.add_response("start_backup_job", {"BackupJobId": "job-1", "CreationDate": datetime.now(UTC)}, STARTED)
    for job in jobs:
        stub.add_response("describe_backup_job", job, {"BackupJobId": "job-1"})
    if point:
        asked = {"BackupVaultName": "p09-prod-backups", "RecoveryPointArn": POINT}
        stub.add_response("describe_recovery_point", {"RecoveryPointArn": POINT, **point}, asked)
    stub.activate()
    return client


def _steps(client: Any) -> list[Progress | str]:
    return list(aws_backup(client, OUTPUTS, sleep=lambda _: None, token="once"))


def test_progress_is_shown_and_at_last_where_it_is() -> None:
    running = {"State": "RUNNING", "PercentDone": "40.0"}
    done = {"State": "COMPLETED", "RecoveryPointArn": POINT, "MessageCategory": "SUCCESS"}
    client = _backup({"State": "CREATED"}, running, done, point={"Status": "COMPLETED", "IsEncrypted": True})
    said: list[str] = []
    show(aws_backup(client, OUTPUTS, sleep=lambda _: None, token="once"), said.append)
    assert "created" in said[0]
    assert said[1].endswith("running, 40.0%")
    assert said[-1].endswith(f"{POINT} in vault p09-prod-backups (encrypted)\n")


@pytest.mark.parametrize(
    "job", [{"State": "FAILED", "StatusMessage": "no space"}, {"State": "COMPLETED", "MessageCategory": "PARTIAL"}]
)
def test_a_job_that_did_not_go_well_is_no_backup(job: dict[str, Any]) -> None:
    with pytest.raises(BackupNotGood, match="job-1 ended"):
        _steps(_backup(job))


def test_an_unencrypted_recovery_point_is_no_backup() -> None:
    done = {"State": "COMPLETED", "RecoveryPointArn": POINT}
    with pytest.raises(BackupNotGood, match="encrypted: False"):
        _steps(_backup(done, point={"Status": "COMPLETED", "IsEncrypted": False}))
