"""A bucket whose whole content is one writer's: what is in it, what differs, what has to go."""

from collections.abc import Iterable
from typing import Any, Final

from shared.platform.aws.s3 import client, get_object

_KEYS_PER_DELETE: Final = 1000


class NotRemoved(Exception):
    """S3 answers a request to delete many objects with success even when it refused some."""


class Bucket:
    """Raises botocore's errors; boto3 is imported when the bucket is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def etags(self) -> dict[str, str]:
        """The ETag of each object by its key: the MD5 of its content, as long as no key of KMS encrypts it."""
        pages = client().get_paginator("list_objects_v2").paginate(Bucket=self._name)
        return {one["Key"]: one["ETag"].strip('"') for page in pages for one in page.get("Contents", [])}

    def get(self, key: str) -> bytes:
        return get_object(self._name, key)

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        client().put_object(
            Bucket=self._name, Key=key, Body=content, ContentType=content_type, CacheControl=cache_control
        )

    def remove(self, keys: Iterable[str]) -> None:
        """Raises NotRemoved."""
        left = list(keys)
        for start in range(0, len(left), _KEYS_PER_DELETE):
            objects: Any = [{"Key": key} for key in left[start : start + _KEYS_PER_DELETE]]
            answer = client().delete_objects(Bucket=self._name, Delete={"Objects": objects, "Quiet": True})
            if refused := answer.get("Errors"):
                raise NotRemoved(f"{len(refused)} objects stay in {self._name}, the first because of {refused[0]}")
