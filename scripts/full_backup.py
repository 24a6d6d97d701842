"""`scripts/backup/full-backup.sh [STAGE]`: a full backup by hand. Exit codes: 0 verified, 1 failed, 2 wrong usage."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import aws_client
from local.state import LocalError, State, default_state
from shared.backups.catalogue import KEY, from_json
from shared.backups.kept_instances import KeptInstances
from shared.backups.model import RUNNING, SUCCESS
from shared.backups.words import size_text

POLL_SECONDS = 2.0
LOCAL_POLL_SECONDS = 0.5


class BackupNotGood(Exception):
    """The backup failed or can't be relied on; the message says why."""


@dataclass(frozen=True)
class Progress:
    """``done`` is None where nobody can tell how far it is."""

    state: str
    done: str | None = None


def local_backup(state: State) -> Iterator[Progress | str]:
    """Progress, and at last where the backup is."""
    system = state.system()
    if system is None:
        raise LocalError("no local system is running here: `make run` starts one; a stage's name backs that up")
    s3 = aws_client("s3", system["aws_endpoint"])
    bucket = _archive_bucket(aws_client("cloudformation", system["aws_endpoint"]))
    job_id = f"manual-{uuid4().hex[:12]}"
    KeptInstances(s3, bucket).ask(job_id, "back_up")
    while True:
        report = from_json(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())
        job = next((one for one in report.jobs if one.id == job_id), None)
        if job is not None and job.state not in RUNNING:
            break
        yield Progress("asked for" if job is None else "pg_basebackup, pg_verifybackup, encryption")
        time.sleep(LOCAL_POLL_SECONDS)
    if job.message_category != SUCCESS:
        raise BackupNotGood(f"{job_id} ended {job.state}: {job.message}")
    point = next(one for one in report.points if one.id == job.recovery_point)
    yield f"{state.backups / 'base' / point.id} ({size_text(point.size or 0)}, verified, encrypted)"


def aws_backup(
    backup: Any, outputs: Mapping[str, str], sleep: Callable[[float], None] = time.sleep, token: str = ""
) -> Iterator[Progress | str]:
    """The same by AWS Backup, into the stage's vault."""
    vault = outputs["BackupVaultName"]
    job = backup.start_backup_job(
        BackupVaultName=vault, ResourceArn=outputs["PostgresClusterArn"], IamRoleArn=outputs["BackupRoleArn"],
        IdempotencyToken=token or str(uuid4()), Lifecycle={"DeleteAfterDays": int(outputs["BackupDays"])},
    )["BackupJobId"]  # fmt: skip
    while (found := backup.describe_backup_job(BackupJobId=job))["State"] in RUNNING:
        yield Progress(found["State"].lower(), found.get("PercentDone"))
        sleep(POLL_SECONDS)
    if found["State"] != "COMPLETED" or found.get("MessageCategory", SUCCESS) != SUCCESS:
        raise BackupNotGood(f"{job} ended {found['State']}: {found.get('StatusMessage', 'no reason given')}")
    point = backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=found["RecoveryPointArn"])
    if point["Status"] not in {"COMPLETED", "AVAILABLE"} or not point["IsEncrypted"]:
        raise BackupNotGood(f"{point['RecoveryPointArn']} is {point['Status']}, encrypted: {point['IsEncrypted']}")
    yield f"{point['RecoveryPointArn']} in vault {vault} (encrypted)"


def stack_outputs(cloudformation: Any, stage: str) -> dict[str, str]:
    """Raises botocore's errors where the stage is not deployed."""
    (stack,) = cloudformation.describe_stacks(StackName=f"P09-{stage}-Recovery")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", ())}


def show(steps: Iterator[Progress | str], write: Callable[[str], object] = sys.stdout.write) -> None:
    """One line that is written anew, and the last for good."""
    begun = time.monotonic()
    for step in steps:
        if isinstance(step, str):
            write(f"\r\033[Kbacked up in {time.monotonic() - begun:.1f} s: {step}\n")
        else:
            done = f", {step.done}%" if step.done else ""
            write(f"\r\033[K{time.monotonic() - begun:5.1f} s  {step.state}{done}")
        sys.stdout.flush()


def _archive_bucket(cloudformation: Any) -> str:
    (stack,) = cloudformation.describe_stacks(StackName="P09-local-Data")["Stacks"]
    return str(next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "ArchiveBucketName"))


def _aws(stage: str) -> Iterator[Progress | str]:
    import boto3

    return aws_backup(boto3.client("backup"), stack_outputs(boto3.client("cloudformation"), stage))


def main() -> None:
    parser = argparse.ArgumentParser(prog="full-backup.sh", description=__doc__)
    parser.add_argument("stage", nargs="?", default="local", choices=["local", "dev", "staging", "prod"])
    parser.add_argument("--state", type=Path, help="state folder of the local system, if not .local")
    asked = parser.parse_args()
    state = State(asked.state.resolve()) if asked.state else default_state()
    try:
        show(local_backup(state) if asked.stage == "local" else _aws(asked.stage))
    except (BackupNotGood, LocalError, BotoCoreError, ClientError) as error:
        sys.exit(f"\nfull-backup.sh: {error}")


if __name__ == "__main__":
    main()
