"""The 01:00 task: the evidence of the day before, signed, to the archive."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.evidence_export.settings import Settings
from shared.evidence.export import Ports, Source, TooOld, export
from shared.evidence.manifest import ALGORITHM, MANIFEST, SignedDay, key_of
from shared.evidence.store import EvidenceStore
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.kms import sign
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.aws.s3 import put_object
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.runbook.today import records

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)
runs = RunStore(table)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(runs, event, _played if event.get("played") else check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def _played(_now: datetime) -> Finding:
    return Finding(verdict=Verdict.UNCONFIGURED, why="A day that was played is never signed: nothing was exported.")


def check(now: datetime) -> Finding:
    installed, _ = runs.watched()
    if installed is None:
        why = "The watcher has not begun: it is not known since when there is evidence."
        return Finding(verdict=Verdict.UNCONFIGURED, why=why)
    try:
        days = export(EvidenceStore(table), _ports(), now, installed.date())
    except TooOld as error:
        return Finding(verdict=Verdict.UNCONFIGURED, why=str(error))
    why = f"Exported and signed: {', '.join(map(_said, days))}." if days else "What is over was exported before."
    return Finding(
        verdict=Verdict.PASSED,
        why=why,
        measured={"days": len(days), "records": sum(one.records for one in days)},
        inputs={one.day.isoformat(): f"sha256:{one.digest}" for one in days},
        links={one.day.isoformat(): f"s3://{settings.archive_bucket_name}/{key_of(one.day, MANIFEST)}" for one in days},
    )


def _runs(day: date) -> Iterator[Mapping[str, Any]]:
    return records(the_runbook(), runs, day)


# Every kind of evidence is a file of its own: one line here for each.
SOURCES: Final[Mapping[str, Source]] = {"runs": _runs}


def _ports() -> Ports:
    key, bucket = settings.evidence_key_arn, settings.archive_bucket_name
    return Ports(
        sources=SOURCES,
        put=lambda name, content, content_type: put_object(bucket, name, content, content_type),
        sign=lambda content: sign(aws_settings, key, content, ALGORITHM),
        key=key,
    )


def _said(one: SignedDay) -> str:
    return f"{one.day} ({one.records} records)"
