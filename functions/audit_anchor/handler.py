"""Keeps the heads of the audit trail's chains, every hour, where nobody can change them, and verifies what came since the last.

Each minute it writes the rows of what was done in the operations table.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools.logging import Logger

from functions.audit_anchor.settings import Settings
from shared.audit.anchor import anchor_audit
from shared.audit.anchors import AnchorStore
from shared.audit.pending import write_pending
from shared.audit.safe import AuditBucket
from shared.platform import wiring
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings, load

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
database = wiring.database(settings, settings.postgres_secret_arn, application="audit anchor", timeout=60)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    if event["task"] == "audit_pending":
        report: dict[str, Any] = {"written": write_pending(table, database)}
    elif event.get("played"):
        report = {"outcome": "played", "why": "No head is anchored for an hour that is over: nobody knows it."}
    else:
        report = _anchor(datetime.fromisoformat(event["scheduled_time"]))
    logger.info("done", extra=report)
    return report


def _anchor(now: datetime) -> dict[str, Any]:
    return asdict(anchor_audit(database, AnchorStore(table), AuditBucket(settings.audit_bucket_name), now))
