from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from shared.backups.aws_backup import AwsBackups, Clients, Places
from shared.backups.model import BackupsUnconfigured, Bucket, Window
from shared.backups.verify import verify
from tests.unit.shared.backups.reports import LIMITS

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 1, 5, tzinfo=UTC)
SESSION = boto3.Session("key", "secret", region_name="eu-central-1")  # reads the services' descriptions once
ARN = "arn:aws:rds:eu-central-1:111122223333:cluster:p09-prod-postgres"
POINT = "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:awsbackup:job-1"
CONTINUOUS = "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:continuous:cluster-1"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"
PLACES = Places(
    vault="p09-prod", cluster="p09-prod-postgres", cluster_arn=ARN, group="p09-prod-valkey", buckets=("p09-archive",)
)
GIB = 1024**3


class Aws:
    """Stubbed clients: each answer is checked against the service's own model, as is each request."""

    def __init__(self) -> None:
        names = ("backup", "rds", "elasticache", "cloudwatch", "s3")
        once = Config(retries={"total_max_attempts": 1})
        self.clients = {name: SESSION.client(name, config=once) for name in names}
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}

    def backups(self, places: Places = PLACES) -> AwsBackups:
        return AwsBackups(Clients(**self.clients), places)


Spoil = Callable[[Aws], None]


@pytest.fixture
def aws() -> Iterator[Aws]:
    found = Aws()
    with ExitStack() as stack:
        for stub in found.stubs.values():
            stack.enter_context(stub)
        yield found
        for stub in found.stubs.values():
            stub.assert_no_pending_responses()


def job(number: int = 1, **others: Any) -> dict[str, Any]:
    return {
        "BackupJobId": f"job-{number}", "State": "COMPLETED", "MessageCategory": "SUCCESS", "CreationDate": NIGHT,
        "CompletionDate": NIGHT + timedelta(minutes=8), "RecoveryPointArn": POINT, "ResourceType": "Aurora", **others,
    }  # fmt: skip


def point(arn: str = POINT, **others: Any) -> dict[str, Any]:
    return {
        "RecoveryPointArn": arn, "Status": "COMPLETED", "CreationDate": NIGHT, "BackupSizeInBytes": 0,
        "CompletionDate": NIGHT + timedelta(minutes=8), "IsEncrypted": True, "EncryptionKeyArn": KEY,
        "CalculatedLifecycle": {"DeleteAt": NIGHT + timedelta(days=35)}, **others,
    }  # fmt: skip


ASKED = {"ByResourceArn": ARN, "ByCreatedAfter": NOW - timedelta(days=35)}


def _jobs(aws: Aws, *found: dict[str, Any]) -> None:
    aws.stubs["backup"].add_response(
        "list_backup_jobs", {"BackupJobs": list(found)}, {"ByBackupVaultName": "p09-prod", **ASKED}
    )


def _points(aws: Aws, *found: dict[str, Any]) -> None:
    aws.stubs["backup"].add_response(
        "list_recovery_points_by_backup_vault",
        {"RecoveryPoints": list(found)},
        {"BackupVaultName": "p09-prod", **ASKED},
    )


def _volume(aws: Aws, *values: float) -> None:
    hour = NIGHT.replace(minute=0)
    times = [hour - timedelta(hours=number) for number in range(len(values))]
    result = {"Id": "volume", "Timestamps": times, "Values": list(values)}
    aws.stubs["cloudwatch"].add_response(
        "get_metric_data",
        {"MetricDataResults": [result]},
        {"MetricDataQueries": ANY, "StartTime": NIGHT - timedelta(hours=2), "EndTime": NOW},
    )


def _window(
    aws: Aws,
    lag: timedelta = timedelta(minutes=5),
    earliest: datetime = NOW - timedelta(days=35),
    created: datetime = NOW - timedelta(days=400),
) -> None:
    cluster = {
        "EarliestRestorableTime": earliest, "LatestRestorableTime": NOW - lag, "BackupRetentionPeriod": 35,
        "ClusterCreateTime": created,
    }  # fmt: skip
    aws.stubs["rds"].add_response(
        "describe_db_clusters", {"DBClusters": [cluster]}, {"DBClusterIdentifier": "p09-prod-postgres"}
    )


def _snapshots(aws: Aws, size: str = "12 MB") -> None:
    node = {"CacheSize": size, "SnapshotCreateTime": NOW - timedelta(days=2)}
    snapshot = {"SnapshotName": "weekly", "SnapshotStatus": "available", "KmsKeyId": KEY, "NodeSnapshots": [node]}
    aws.stubs["elasticache"].add_response(
        "describe_snapshots", {"Snapshots": [snapshot]}, {"ReplicationGroupId": "p09-prod-valkey"}
    )


def _versioning(aws: Aws, status: str = "Enabled") -> None:
    aws.stubs["s3"].add_response("get_bucket_versioning", {"Status": status}, {"Bucket": "p09-archive"})


def _all_well(aws: Aws) -> None:
    _jobs(aws, job())
    _points(aws, point())
    _volume(aws, 3 * GIB)
    _window(aws)
    _snapshots(aws)
    _versioning(aws)


def test_a_good_night_passes(aws: Aws) -> None:
    _all_well(aws)
    report = aws.backups().report(NOW)
    assert verify(report, LIMITS, NOW).reasons == ()
    (found,) = report.points
    assert found.retention == timedelta(days=35)
    assert report.window == Window(earliest=NOW - timedelta(days=35), latest=NOW - timedelta(minutes=5))
    assert report.snapshots[0].size == 12 * 1024**2
    assert report.buckets == (Bucket(name="p09-archive", versioned=True),)


def test_a_snapshot_of_aurora_has_the_size_of_the_volume_at_that_hour(aws: Aws) -> None:
    _all_well(aws)
    assert aws.backups().report(NOW).points[0].size == 3 * GIB


def test_a_size_that_nobody_measured_is_unknown_and_not_zero(aws: Aws) -> None:
    _jobs(aws, job())
    _points(aws, point())
    _volume(aws)
    _window(aws)
    _snapshots(aws)
    _versioning(aws)
    report = aws.backups().report(NOW)
    assert report.points[0].size is None
    assert verify(report, LIMITS, NOW).verdict == "failed"


def test_pages_are_followed(aws: Aws) -> None:
    backup = aws.stubs["backup"]
    asked = {"ByBackupVaultName": "p09-prod", **ASKED}
    backup.add_response("list_backup_jobs", {"BackupJobs": [job(1)], "NextToken": "more"}, asked)
    backup.add_response("list_backup_jobs", {"BackupJobs": [job(2)]}, asked | {"NextToken": "more"})
    asked = {"BackupVaultName": "p09-prod", **ASKED}
    first = {"RecoveryPoints": [point(BackupSizeInBytes=1)], "NextToken": "more"}
    backup.add_response("list_recovery_points_by_backup_vault", first, asked)
    second = {"RecoveryPoints": [point(f"{POINT}0", BackupSizeInBytes=2)]}
    backup.add_response("list_recovery_points_by_backup_vault", second, asked | {"NextToken": "more"})
    _window(aws)
    elasticache = aws.stubs["elasticache"]
    asked = {"ReplicationGroupId": "p09-prod-valkey"}
    elasticache.add_response("describe_snapshots", {"Snapshots": [], "Marker": "more"}, asked)
    elasticache.add_response("describe_snapshots", {"Snapshots": []}, asked | {"Marker": "more"})
    _versioning(aws)
    report = aws.backups().report(NOW)
    assert [one.id for one in report.jobs] == ["job-1", "job-2"]
    assert [one.size for one in report.points] == [1, 2]
    assert report.snapshots == ()


def test_a_continuous_recovery_point_is_no_nightly_backup(aws: Aws) -> None:
    _jobs(aws, job(RecoveryPointArn=CONTINUOUS))
    _points(aws, point(CONTINUOUS))
    _window(aws)
    _snapshots(aws)
    _versioning(aws)
    report = aws.backups().report(NOW)
    assert not report.jobs
    assert not report.points


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "ResourceNotFoundException"])
def test_an_error_fails_its_own_area_and_hides_no_other(aws: Aws, code: str) -> None:
    aws.stubs["backup"].add_client_error("list_backup_jobs", code, "Rate exceeded.")
    _points(aws, point())
    _volume(aws, 3 * GIB)
    _window(aws)
    _snapshots(aws)
    _versioning(aws)
    finding = verify(aws.backups().report(NOW), LIMITS, NOW)
    assert finding.reasons == (f"The backup jobs could not be read: {code}: Rate exceeded.",)
    assert finding.measured["newest_backup"]["size"] == 3 * GIB


def test_everything_refused_is_a_failure_with_a_reason_for_each(aws: Aws) -> None:
    for service, operation in (
        ("backup", "list_backup_jobs"), ("backup", "list_recovery_points_by_backup_vault"),
        ("rds", "describe_db_clusters"), ("elasticache", "describe_snapshots"), ("s3", "get_bucket_versioning"),
    ):  # fmt: skip
        aws.stubs[service].add_client_error(operation, "ServiceUnavailable")
    finding = verify(aws.backups().report(NOW), LIMITS, NOW)
    assert finding.verdict == "failed"
    assert len(finding.reasons) == 5


def test_a_cluster_without_backups_has_no_window(aws: Aws) -> None:
    _jobs(aws, job())
    _points(aws, point(BackupSizeInBytes=GIB))
    aws.stubs["rds"].add_response("describe_db_clusters", {"DBClusters": [{}]})
    _snapshots(aws, size="unknown")
    _versioning(aws, "Suspended")
    finding = verify(aws.backups().report(NOW), LIMITS, NOW)
    assert [reason[:30] for reason in finding.reasons] == [
        "There is no point-in-time wind",
        "Bucket p09-archive does not ke",
    ]


@pytest.mark.parametrize(
    ("earliest", "created", "faults"),
    [
        (NOW - timedelta(days=34), NOW - timedelta(days=400), 0),
        (NOW - timedelta(days=33), NOW - timedelta(days=400), 1),
        (NOW - timedelta(days=3), NOW - timedelta(days=3), 0),
        (NOW - timedelta(days=1), NOW - timedelta(days=3), 1),
    ],
)
def test_a_window_that_lost_its_beginning_is_a_hole(
    aws: Aws, earliest: datetime, created: datetime, faults: int
) -> None:
    _jobs(aws, job())
    _points(aws, point())
    _volume(aws, 3 * GIB)
    _window(aws, earliest=earliest, created=created)
    _snapshots(aws)
    _versioning(aws)
    finding = verify(aws.backups().report(NOW), LIMITS, NOW)
    assert [reason[:36] for reason in finding.reasons] == ["The point-in-time window begins at 2"] * faults
    assert finding.measured["inspection"]["basis"].startswith("AWS's word")


def test_without_a_vault_it_is_not_configured(aws: Aws) -> None:
    nothing = Places(vault="", cluster="", cluster_arn="", group="", buckets=())
    with pytest.raises(BackupsUnconfigured):
        aws.backups(nothing).report(NOW)
