"""The catalogue of a machine's own backups, as JSON: what AWS Backup would answer, written by who takes them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from shared.backups.model import (
    BackupsUnavailable,
    BackupsUnconfigured,
    Bucket,
    Chain,
    Inspection,
    Job,
    Part,
    RecoveryPoint,
    Report,
    Snapshot,
    Window,
)
from shared.backups.reading import Reading, versioned_buckets
from shared.backups.words import plain_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_s3.client import S3Client

KEY: Final = "backups/catalogue.json"
_MOMENTS: Final = frozenset({"at", "earliest", "latest", "kept_since", "oldest_reading"})
_MISSING: Final = frozenset({"NoSuchKey", "404"})


def to_json(report: Report) -> str:
    plain = {
        "jobs": [asdict(job) for job in report.jobs],
        "points": [asdict(point) for point in report.points],
        "window": asdict(report.window) if report.window else None,
        "snapshots": [asdict(snapshot) for snapshot in report.snapshots],
        "inspection": asdict(report.inspection) if report.inspection else None,
    }
    return json.dumps(plain, default=plain_moment, indent=1)


def from_json(text: str | bytes) -> Report:
    """Raises ``BackupsUnavailable`` when this is no catalogue."""
    try:
        plain = json.loads(text)
        return Report(
            jobs=tuple(Job(**_moments(one)) for one in plain["jobs"]),
            points=tuple(RecoveryPoint(**_moments(one)) for one in plain["points"]),
            window=Window(**_moments(plain["window"])) if plain["window"] else None,
            snapshots=tuple(Snapshot(**_moments(one)) for one in plain["snapshots"]),
            inspection=_inspection(plain["inspection"]) if plain["inspection"] else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BackupsUnavailable(f"{KEY} is no catalogue of backups ({error!r})") from error


class CataloguedBackups:
    """Reads the catalogue from a bucket, and the versioning of buckets from S3 itself."""

    def __init__(self, s3: "S3Client", bucket: str, buckets: "Sequence[str]") -> None:
        self._s3 = s3
        self._bucket = bucket
        self._buckets = buckets

    def report(self, now: datetime) -> Report:
        """Raises ``BackupsUnconfigured`` and ``BackupsUnavailable``."""
        del now  # a catalogue holds all that there is
        found = from_json(self._catalogue())
        reading = Reading()
        none: tuple[Bucket, ...] = ()
        buckets = reading.of("buckets", lambda: versioned_buckets(self._s3, self._buckets), none)
        return replace(found, buckets=buckets, unread=reading.unread)

    def _catalogue(self) -> bytes:
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=KEY)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise BackupsUnconfigured(
                    f"s3://{self._bucket}/{KEY} does not exist: nothing takes backups here"
                ) from error
            raise BackupsUnavailable(str(error)) from error


def _inspection(plain: Mapping[str, Any]) -> Inspection:
    return Inspection(
        **_moments(plain)
        | {
            "faults": tuple(plain["faults"]),
            "chain": Chain(**plain["chain"]) if plain["chain"] else None,
            "parts": tuple(Part(**_moments(one) | {"what": tuple(one["what"])}) for one in plain["parts"]),
        }
    )


def _moments(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _moment(value) if _is_moment(name, value) else value for name, value in plain.items()}


def _is_moment(name: str, value: object) -> bool:
    return isinstance(value, str) and (name.endswith(("_at", "_until")) or name in _MOMENTS)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
