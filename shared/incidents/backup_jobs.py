"""What AWS Backup says of its jobs on the account's default bus, and what that means for incidents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.incidents.signals import CHECK, Signal

SOURCE: Final = "aws.backup"
# By the event's type: the kind of job, and what could not be done.
_KINDS: Final = {
    "Backup Job State Change": ("backup", "back up"),
    "Copy Job State Change": ("copy", "copy the backup of"),
    "Restore Job State Change": ("restore", "restore a backup of"),
}
_FAILING: Final = {"FAILED": True, "ABORTED": True, "EXPIRED": True, "PARTIAL": True, "COMPLETED": False}


def signal_of_job(event: Mapping[str, Any]) -> Signal | None:
    """None while a job goes on. A later job of the same kind that completes ends what one that failed began."""
    detail = event["detail"]
    state = str(detail.get("state") or detail.get("status"))  # restores have a status, the others a state
    failing = _FAILING.get(state)
    if failing is None:
        return None
    kind, task = _KINDS[event["detail-type"]]
    what = _resource(detail)
    about = f"aws-backup:{kind}:{what}"
    message = str(detail.get("statusMessage") or "").strip('"')
    return Signal(
        id=f"aws-backup-{event['id']}", at=datetime.fromisoformat(event["time"]), source=about, cause=about,
        failing=failing, title=f"AWS Backup could not {task} {what}", why=message or f"The job is {state.lower()}.",
        evidence=CHECK,
    )  # fmt: skip


def _resource(detail: Mapping[str, Any]) -> str:
    """The name of what is backed up; of a restore AWS says only of which type it is."""
    arn = str(detail.get("resourceArn") or detail.get("resourceType") or "something")
    return arn.rpartition(":")[2].rpartition("/")[2]
