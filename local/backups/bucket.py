"""The documents by which functions and the keeper of backups talk: requests, what became of instances, the catalogue."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from shared.backups.catalogue import KEY, to_json
from shared.backups.instances import Aside, Instance
from shared.backups.kept_instances import INSTANCES, REQUESTS, aside_key, instance_json, instance_key
from shared.backups.model import Report


class Documents:
    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._published = ""

    def requests(self) -> list[tuple[str, dict[str, Any]]]:
        """What was asked and is not forgotten yet, oldest first, with its key."""
        found = sorted(self._list(REQUESTS), key=lambda one: one["LastModified"])
        return [(one["Key"], one["content"]) for one in found]

    def instances(self) -> Iterator[tuple[str, Instance]]:
        for one in self._list(INSTANCES):
            yield one["Key"].removeprefix(INSTANCES).removesuffix(".json"), Instance(**one["content"])

    def write_instance(self, drill: str, instance: Instance) -> None:
        self._replace(instance_key(drill), instance_json(instance))

    def write_aside(self, drill: str, aside: Aside) -> None:
        self._replace(aside_key(drill), json.dumps(asdict(aside)).encode())

    def forget_aside(self, drill: str) -> None:
        self.forget(aside_key(drill))

    def expire(self, prefix: str, before: datetime) -> None:
        """As S3's own lifecycle does."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for key in [one["Key"] for page in pages for one in page.get("Contents", ()) if one["LastModified"] < before]:
            self.forget(key)

    def publish(self, report: Report) -> bool:
        """Write the catalogue if it says something new."""
        text = to_json(report)
        if text == self._published:
            return False
        self._replace(KEY, text.encode())
        self._published = text
        return True

    def forget(self, key: str) -> None:
        """Every version of it: the bucket keeps versions, and these documents are told anew every few seconds."""
        self._forget_versions(key, keep=None)

    def _replace(self, key: str, content: bytes) -> None:
        answer = self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType="application/json")
        self._forget_versions(key, keep=answer.get("VersionId"))

    def _forget_versions(self, key: str, keep: str | None) -> None:
        found = self._s3.list_object_versions(Bucket=self._bucket, Prefix=key)
        for version in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
            if version["Key"] == key and version["VersionId"] != keep:
                self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version["VersionId"])

    def _list(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for one in page.get("Contents", ()):
                body = self._s3.get_object(Bucket=self._bucket, Key=one["Key"])["Body"].read()
                yield {**one, "content": json.loads(body)}
