"""Instances on the machine that keeps its own backups, asked for by documents in a bucket.

Its keeper (``python -m local.backups``) reads the requests, does the work, and writes what has become of each.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.catalogue import KEY, from_json
from shared.backups.instances import Aside, Instance, InstancesUnavailable
from shared.backups.model import BackupsUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

    from shared.platform.aws.secrets import Login

REQUESTS: Final = "backups/requests/"
INSTANCES: Final = "backups/instances/"
ASIDE: Final = "backups/aside/"
_MISSING: Final = frozenset({"NoSuchKey", "404"})


def request_key(request_id: str, action: str) -> str:
    return f"{REQUESTS}{request_id}.{action}.json"


def instance_key(drill: str) -> str:
    return f"{INSTANCES}{drill}.json"


def aside_key(drill: str) -> str:
    return f"{ASIDE}{drill}.json"


def instance_json(instance: Instance) -> bytes:
    return json.dumps(asdict(instance)).encode()


class KeptInstances:
    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def restorable_until(self) -> datetime | None:
        found = self._read(KEY)
        try:
            window = from_json(found).window if found else None
        except BackupsUnavailable as error:
            raise InstancesUnavailable(str(error)) from error
        return window.latest if window else None

    def provision(self, drill: str, *, to: datetime, base_before: datetime) -> None:
        moments = {"to": to.astimezone(UTC).isoformat(), "base_before": base_before.astimezone(UTC).isoformat()}
        if self.look(drill).state == "gone":
            self.ask(drill, "provision", moments)

    def look(self, drill: str) -> Instance:
        found = self._read(instance_key(drill))
        if found is None:
            asked = self._read(request_key(drill, "provision")) is not None
            return (
                Instance(state="creating", step="waiting for the keeper of backups")
                if asked
                else Instance(state="gone")
            )
        return Instance(**json.loads(found))

    def admit_owner(self, drill: str, login: "Login") -> None:
        """The keeper did as it made the instance: it knows the owner's password, which no document may hold."""

    def promote(self, drill: str) -> None:
        if self.look(drill).state == "available":
            self.ask(drill, "promote")

    def go_back(self, drill: str) -> None:
        if self.look(drill).state in {"promoting", "promoted"}:
            self.ask(drill, "go_back")

    def aside(self, drill: str) -> Aside | None:
        found = self._read(aside_key(drill))
        return Aside(**json.loads(found)) if found else None

    def remove_aside(self, drill: str) -> None:
        if self.aside(drill):
            self.ask(drill, "remove_aside")

    def destroy(self, drill: str) -> None:
        if self.look(drill).state not in {"gone", "promoted"}:
            self.ask(drill, "destroy")

    def ask(self, request: str, action: str, content: Mapping[str, Any] | None = None) -> None:
        """Leave a request for the keeper. Raises ``InstancesUnavailable``."""
        body = json.dumps({"id": request, "action": action, **(content or {})}).encode()
        try:
            self._s3.put_object(Bucket=self._bucket, Key=request_key(request, action), Body=body)
        except (ClientError, BotoCoreError) as error:
            raise InstancesUnavailable(str(error)) from error

    def _read(self, key: str) -> bytes | None:
        try:
            return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise InstancesUnavailable(str(error)) from error
        except BotoCoreError as error:
            raise InstancesUnavailable(str(error)) from error
