"""Objects of a versioned bucket as they were at a moment: what has to be done, and doing it. Nothing is lost by it, either: what
was there until now stays as an older version."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True, kw_only=True)
class Version:
    """``marker`` says that from then on the object was deleted."""

    key: str
    id: str
    since: datetime
    marker: bool
    latest: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """``restore`` an older version, or ``delete`` what was not there at that moment."""

    key: str
    act: Literal["restore", "delete"]
    version: str = ""


def changes(versions: Iterable[Version], to: datetime) -> list[Change]:
    """What makes the objects what they were at a moment; empty when they are."""
    by_key: dict[str, list[Version]] = {}
    for version in versions:
        by_key.setdefault(version.key, []).append(version)
    return [change for key in sorted(by_key) if (change := _change(key, by_key[key], to))]


def _change(key: str, versions: list[Version], to: datetime) -> Change | None:
    now = next(version for version in versions if version.latest)
    then = max(
        (version for version in versions if version.since <= to), key=lambda version: version.since, default=None
    )
    if then is None or then.marker:
        return None if now.marker else Change(key=key, act="delete")
    return None if then.id == now.id else Change(key=key, act="restore", version=then.id)


def read_versions(s3: "S3Client", bucket: str, prefix: str) -> Iterator[Version]:
    """Raises botocore's errors."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Versions", ()):
            yield _version(found, marker=False)
        for marker in page.get("DeleteMarkers", ()):
            yield _version(marker, marker=True)


def apply(s3: "S3Client", bucket: str, change: Change) -> None:
    """Raises botocore's errors; done twice it is the same."""
    if change.act == "delete":
        s3.delete_object(Bucket=bucket, Key=change.key)
    else:
        source: Any = {"Bucket": bucket, "Key": change.key, "VersionId": change.version}
        s3.copy_object(Bucket=bucket, Key=change.key, CopySource=source)


def _version(found: Mapping[str, Any], *, marker: bool) -> Version:
    return Version(
        key=found["Key"], id=found["VersionId"], since=found["LastModified"], marker=marker, latest=found["IsLatest"]
    )
