"""The report from AWS: Backup's jobs and recovery points, Aurora's window, ElastiCache's snapshots, S3's versioning."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shared.backups.model import BackupsUnconfigured, Inspection, Job, RecoveryPoint, Report, Snapshot, Window
from shared.backups.reading import Reading, versioned_buckets
from shared.backups.words import moment_text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

LOOK_BACK: Final = timedelta(days=35)
BASIS: Final = (
    "AWS's word: the log and the bytes are not ours to read. Checked here: that the window reaches back as far as it is "
    "kept, that recovery points are complete and encrypted; the weekly drill restores one and compares its content."
)
# A cluster's first backup takes a while, and the window's beginning moves from snapshot to snapshot.
_SLACK: Final = timedelta(days=1)
_CONTINUOUS: Final = ":continuous:"
_HOUR: Final = 3600
_UNITS: Final = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}


@dataclass(frozen=True, kw_only=True)
class Places:
    """What is backed up, and where to. ``cluster`` and ``cluster_arn`` are Aurora's, ``group`` is Valkey's."""

    vault: str
    cluster: str
    cluster_arn: str
    group: str
    buckets: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Clients:
    """boto3 clients; they retry what is throttled by themselves."""

    backup: Any
    rds: Any
    elasticache: Any
    cloudwatch: Any
    s3: "S3Client"


class AwsBackups:
    def __init__(self, clients: Clients, places: Places) -> None:
        self._clients = clients
        self._places = places

    def report(self, now: datetime) -> Report:
        if not self._places.vault or not self._places.cluster:
            raise BackupsUnconfigured("Neither a backup vault nor a cluster is named")
        reading = Reading()
        nothing: Mapping[str, Any] = {}
        cluster = reading.of("point-in-time window", self._cluster, nothing)
        return Report(
            jobs=reading.of("backup jobs", lambda: tuple(self._jobs(now)), ()),
            points=reading.of("recovery points", lambda: tuple(self._points(now)), ()),
            window=_window(cluster),
            snapshots=reading.of("Valkey snapshots", lambda: tuple(self._snapshots()), ()),
            buckets=reading.of("buckets", lambda: versioned_buckets(self._clients.s3, self._places.buckets), ()),
            inspection=_inspection(cluster, now),
            unread=reading.unread,
        )

    def _jobs(self, now: datetime) -> Iterator[Job]:
        pages = self._clients.backup.get_paginator("list_backup_jobs").paginate(
            ByBackupVaultName=self._places.vault, ByResourceArn=self._places.cluster_arn, ByCreatedAfter=now - LOOK_BACK
        )
        yield from (_job(found) for page in pages for found in page["BackupJobs"] if not _is_continuous(found))

    def _points(self, now: datetime) -> Iterator[RecoveryPoint]:
        """Snapshots. A continuous recovery point is no copy of a moment: its reach is the point-in-time window."""
        pages = self._clients.backup.get_paginator("list_recovery_points_by_backup_vault").paginate(
            BackupVaultName=self._places.vault, ByResourceArn=self._places.cluster_arn, ByCreatedAfter=now - LOOK_BACK
        )
        found = [point for page in pages for point in page["RecoveryPoints"] if not _is_continuous(point)]
        volume = self._volume(found, now) if any(not point.get("BackupSizeInBytes") for point in found) else {}
        yield from (_point(point, volume) for point in found)

    def _volume(self, points: Sequence[Mapping[str, Any]], now: datetime) -> Mapping[int, int]:
        """The cluster's volume by hour. AWS Backup doesn't fill in the size of a snapshot of Aurora (its documentation
        says so), and Aurora's snapshots are copies of the whole volume."""
        start = min((point["CreationDate"] for point in points), default=now) - timedelta(hours=2)
        query = {
            "Id": "volume",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/RDS",
                    "MetricName": "VolumeBytesUsed",
                    "Dimensions": [{"Name": "DBClusterIdentifier", "Value": self._places.cluster}],
                },
                "Period": _HOUR,
                "Stat": "Average",
            },
        }
        pages = self._clients.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[query], StartTime=start, EndTime=now
        )
        return {
            int(at.timestamp()) // _HOUR: int(value)
            for page in pages
            for result in page["MetricDataResults"]
            for at, value in zip(result["Timestamps"], result["Values"], strict=True)
        }

    def _cluster(self) -> Mapping[str, Any]:
        (cluster,) = self._clients.rds.describe_db_clusters(DBClusterIdentifier=self._places.cluster)["DBClusters"]
        return dict(cluster)

    def _snapshots(self) -> Iterator[Snapshot]:
        pages = self._clients.elasticache.get_paginator("describe_snapshots").paginate(
            ReplicationGroupId=self._places.group
        )
        yield from (_snapshot(found) for page in pages for found in page["Snapshots"] if found.get("NodeSnapshots"))


def _window(cluster: Mapping[str, Any]) -> Window | None:
    earliest, latest = cluster.get("EarliestRestorableTime"), cluster.get("LatestRestorableTime")
    return Window(earliest=_utc(earliest), latest=_utc(latest)) if earliest and latest else None


def _inspection(cluster: Mapping[str, Any], now: datetime) -> Inspection:
    """AWS keeps the log and the bytes where nobody else reads them. A hole shows all the same: a window begins behind it."""
    window, created, days = _window(cluster), cluster.get("ClusterCreateTime"), cluster.get("BackupRetentionPeriod")
    if window is None or created is None or days is None:
        return Inspection(basis=BASIS, reads=False)
    due = max(_utc(created), now - timedelta(days=days)) + _SLACK
    fault = (
        f"The point-in-time window begins at {moment_text(window.earliest)}, though {days} days are kept and the cluster is "
        f"of {moment_text(_utc(created))}: no moment before it can be restored, save those of recovery points."
    )
    return Inspection(
        basis=BASIS, reads=False, faults=(fault,) if window.earliest > due else (), kept_since=due - _SLACK
    )


def _is_continuous(found: Mapping[str, Any]) -> bool:
    return _CONTINUOUS in found.get("RecoveryPointArn", "")


def _job(found: Mapping[str, Any]) -> Job:
    ended = found.get("CompletionDate")
    return Job(
        id=found["BackupJobId"],
        state=found["State"],
        message_category=found.get("MessageCategory", ""),
        message=found.get("StatusMessage", ""),
        created_at=_utc(found["CreationDate"]),
        completed_at=_utc(ended) if ended else None,
        recovery_point=found.get("RecoveryPointArn", ""),
    )


def _point(found: Mapping[str, Any], volume: Mapping[int, int]) -> RecoveryPoint:
    created, ended = _utc(found["CreationDate"]), found.get("CompletionDate")
    kept_until = found.get("CalculatedLifecycle", {}).get("DeleteAt")
    hour = int(created.timestamp()) // _HOUR
    measured = volume.get(hour, volume.get(hour - 1))
    return RecoveryPoint(
        id=found["RecoveryPointArn"],
        status=found["Status"],
        created_at=created,
        completed_at=_utc(ended) if ended else None,
        size=found.get("BackupSizeInBytes") or measured,
        encrypted=bool(found.get("IsEncrypted")),
        retained_until=_utc(kept_until) if kept_until else None,
    )


def _snapshot(found: Mapping[str, Any]) -> Snapshot:
    nodes = found["NodeSnapshots"]
    sizes = [_bytes(node.get("CacheSize", "")) for node in nodes]
    return Snapshot(
        id=found["SnapshotName"],
        status=found["SnapshotStatus"],
        created_at=min(_utc(node["SnapshotCreateTime"]) for node in nodes),
        size=None if None in sizes else sum(size for size in sizes if size is not None),
        # Without a key of one's own a snapshot of an encrypted group is under AWS' own, and says nothing of it.
        encrypted=bool(found.get("KmsKeyId")),
    )


def _bytes(text: str) -> int | None:
    """ElastiCache writes sizes as ``12 MB``."""
    number, _, unit = text.partition(" ")
    return int(float(number) * _UNITS[unit]) if unit in _UNITS and number.replace(".", "", 1).isdigit() else None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
