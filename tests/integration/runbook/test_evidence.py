import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.p09.evidence import Archive
from shared.evidence.manifest import MANIFEST, SIGNATURE, key_of
from shared.evidence.verify import verify
from shared.platform.outbox import waiting
from shared.runbook.run import Finding
from shared.runbook.run_task import run_task
from tests.examples import examples
from tests.integration.aws import BUCKET, REGION, TABLE, Crash
from tests.integration.runbook.conftest import KEY, System, found, recording

MONDAY = date(2026, 6, 1)
INSTALLED = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ONE = timedelta(hours=1)
FILES = ("runs.jsonl", MANIFEST, SIGNATURE)


class Auditor:
    """Sees the archive as anybody does, with the public half of the key."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.s3 = system.aws.client("s3")
        self.archive = Archive(client=lambda name: boto3.client(name, REGION), bucket=BUCKET, table=TABLE, key=KEY)

    def faults(self, day: date) -> list[str]:
        return verify(day, self.archive.exported(), self.archive.read, self.archive.is_signed())

    def read(self, day: date, name: str) -> bytes:
        content = self.archive.read(key_of(day, name))
        assert content is not None
        return content

    def write(self, day: date, name: str, content: bytes) -> None:
        self.s3.put_object(Bucket=BUCKET, Key=key_of(day, name), Body=content)

    def remove(self, day: date, name: str) -> None:
        self.s3.delete_object(Bucket=BUCKET, Key=key_of(day, name))


@pytest.fixture
def auditor(system: System) -> Auditor:
    return Auditor(system)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def ran(system: System, at: datetime, clock: datetime | None = None) -> None:
    event = {"task": "redis_memory", "scheduled_time": at.isoformat()}
    run_task(
        system.runs, event, lambda _now: found(), remaining=timedelta(minutes=1), clock=lambda: clock or at + ONE / 60
    )


def export(system: System, day: date) -> dict[str, Any]:
    """As the schedule does at 01:00 of the next day, on a system that was installed long before."""
    system.runs.watch_since(INSTALLED)
    return system.at("evidence_export", noon(day) + 13 * ONE)


def days(system: System, count: int) -> list[date]:
    for number in range(count):
        ran(system, noon(MONDAY + number * DAY))
        assert export(system, MONDAY + number * DAY)["verdict"] == "passed"
    return [MONDAY + number * DAY for number in range(count)]


def test_a_days_records_are_exported_with_their_evidence_and_signed(system: System, auditor: Auditor) -> None:
    (day,) = days(system, 1)
    (record,) = map(json.loads, auditor.read(day, "runs.jsonl").splitlines())
    assert (record["id"], record["state"], record["measured"]) == (
        "redis_memory-20260601T120000Z", "passed", {"used": 0.31},
    )  # fmt: skip
    manifest = json.loads(auditor.read(day, MANIFEST))
    assert manifest["span"] == {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"}
    assert [(one["name"], one["records"]) for one in manifest["files"]] == [("runs.jsonl", 1)]
    assert manifest["previous"] is None
    assert auditor.faults(day) == []


def test_there_is_no_evidence_of_a_day_before_the_installation(system: System, auditor: Auditor) -> None:
    assert system.at("evidence_export", noon(MONDAY) + 12 * ONE)["verdict"] == "unconfigured"  # nobody watches yet
    system.runs.watch_since(noon(MONDAY))
    for day in (MONDAY - DAY, MONDAY):
        assert export(system, day)["verdict"] == "passed"
    assert list(auditor.archive.exported()) == [MONDAY]


def test_a_played_run_is_marked_judges_what_is_there_now_and_is_never_signed(system: System, auditor: Auditor) -> None:
    later, seen = noon(MONDAY) + 20 * ONE, []
    event = {"task": "redis_memory", "scheduled_time": noon(MONDAY).isoformat(), "played": True}

    def check(now: datetime) -> Finding:
        seen.append(now)
        return found()

    run_task(system.runs, event, check, remaining=timedelta(minutes=1), clock=lambda: later)
    (run,) = system.runs.latest("redis_memory")
    assert (run.occasion.kind, run.occasion.scheduled_for, seen) == ("played", noon(MONDAY), [later])
    assert system.left() == ["redis_memory-20260601T120000Z-passed"]
    assert "(played)" in json.dumps([item["detail"] for item in waiting(system.table)])
    played = {"task": "evidence_export", "scheduled_time": "2026-06-02T00:30:00Z", "played": True}
    assert system.invoke("evidence_export", played)["verdict"] == "unconfigured"
    assert auditor.archive.exported() == {}
    assert export(system, MONDAY)["verdict"] == "passed"
    assert auditor.read(MONDAY, "runs.jsonl") == b""


def test_days_are_a_chain(system: System, auditor: Auditor) -> None:
    first, second, third = days(system, 3)
    assert json.loads(auditor.read(second, MANIFEST))["previous"]["day"] == first.isoformat()
    assert [auditor.faults(day) for day in (first, second, third)] == [[], [], []]
    # The export of Monday ran on Tuesday, and is evidence of Tuesday itself.
    assert [json.loads(line)["task"] for line in auditor.read(second, "runs.jsonl").splitlines()] == [
        "evidence_export", "redis_memory",
    ]  # fmt: skip


def test_exported_again_nothing_changes(system: System, auditor: Auditor) -> None:
    (day,) = days(system, 1)
    before = [auditor.read(day, name) for name in FILES]
    assert export(system, day)["outcome"] == "repeated"
    manual = {"detail-type": "TaskRequested", "detail": {"task": "evidence_export", "at": "2026-06-02T09:00:00Z",
                                                         "by": "ada", "reason": "to be sure"}}  # fmt: skip
    assert system.invoke("evidence_export", manual)["verdict"] == "passed"
    assert [auditor.read(day, name) for name in FILES] == before


def test_days_that_an_outage_left_out_are_made_up_for_in_the_chain(system: System, auditor: Auditor) -> None:
    days(system, 1)
    for number in (1, 2, 3):
        ran(system, noon(MONDAY + number * DAY))
    export(system, MONDAY + 3 * DAY)
    assert len(auditor.archive.exported()) == 4
    assert all(auditor.faults(MONDAY + number * DAY) == [] for number in range(4))


def test_a_verdict_that_came_late_stands_in_the_export_of_the_day_when_it_came(
    system: System, auditor: Auditor
) -> None:
    days(system, 1)
    late = noon(MONDAY) + 3 * ONE
    ran(system, late, clock=noon(MONDAY + DAY))
    export(system, MONDAY + DAY)
    assert "redis_memory-20260601T150000Z" in auditor.read(MONDAY + DAY, "runs.jsonl").decode()


def test_a_day_before_the_chain_is_not_slipped_into_it(system: System, auditor: Auditor) -> None:
    days(system, 1)
    assert export(system, MONDAY - 3 * DAY)["verdict"] == "unconfigured"
    assert auditor.faults(MONDAY) == []


@settings(max_examples=examples(5))
@given(call=st.integers(0, 11), after=st.booleans())
def test_a_crash_at_any_call_is_made_up_for(call: int, *, after: bool) -> None:
    with recording() as system:
        ran(system, noon(MONDAY))
        system.runs.watch_since(INSTALLED)
        system.aws.operations.clear()
        system.aws.crash_at, system.aws.after = call, after
        with suppress(Crash):
            export(system, MONDAY)
        system.aws.crash_at = None
        system.invoke("evidence_export", {"task": "evidence_export", "scheduled_time": "2026-06-02T01:00:01Z"})
        assert Auditor(system).faults(MONDAY) == []


def test_without_the_key_the_export_fails_and_says_so(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    kms = system.aws.client("kms")
    monkeypatch.setattr(kms, "sign", refused)
    said = export(system, MONDAY)
    assert said["verdict"] == "failed"
    run = system.runs.get("evidence_export", said["run"])
    assert run
    assert run.finding
    assert "AccessDenied" in run.finding.why


def refused(**_body: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no kms:Sign"}}, "Sign")


def test_each_alteration_is_found_and_named(system: System, auditor: Auditor) -> None:
    first, second, third = days(system, 3)
    content = auditor.read(second, "runs.jsonl")
    manifest = auditor.read(second, MANIFEST)
    signature = auditor.read(second, SIGNATURE)

    auditor.write(second, "runs.jsonl", content.replace(b'"passed"', b'"failed"', 1))
    assert "runs.jsonl was changed" in auditor.faults(second)[0]
    auditor.write(second, "runs.jsonl", content.splitlines(keepends=True)[0])
    assert "it has 1 records" in auditor.faults(second)[0]
    auditor.remove(second, "runs.jsonl")
    assert auditor.faults(second) == ["runs.jsonl is gone."]
    auditor.write(second, "runs.jsonl", content)

    auditor.write(second, MANIFEST, manifest.replace(b'"records": 2', b'"records": 1'))
    assert [fault.split(" ")[1] for fault in auditor.faults(second)] == ["signature", "manifest"]
    assert "another than the one that this day was signed upon" in auditor.faults(third)[0]
    auditor.write(second, MANIFEST, b"{")
    assert "can't be read" in auditor.faults(second)[-1]
    auditor.remove(second, MANIFEST)
    assert auditor.faults(second) == [f"evidence/{second}/manifest.json is gone."]
    assert "is gone" in auditor.faults(third)[0]
    auditor.write(second, MANIFEST, manifest)

    auditor.write(second, SIGNATURE, auditor.read(first, SIGNATURE))
    assert auditor.faults(second) == ["The signature is not that of the key over this manifest."]
    auditor.remove(second, SIGNATURE)
    assert "nothing proves who wrote" in auditor.faults(second)[0]
    auditor.write(second, SIGNATURE, signature)
    assert auditor.faults(second) == []


def test_a_whole_day_replaced_by_another_signed_one_is_found(system: System, auditor: Auditor) -> None:
    first, second, _ = days(system, 3)
    for name in FILES:
        auditor.write(second, name, auditor.read(first, name))
    faults = auditor.faults(second)
    assert "another than was recorded on export" in faults[0]
    assert f"The manifest is that of {first}." in faults


def test_a_day_that_was_taken_out_is_missed(system: System, auditor: Auditor) -> None:
    first, second, third = days(system, 3)
    system.aws.client("dynamodb").delete_item(
        TableName=TABLE, Key={"pk": {"S": "evidence"}, "sk": {"S": second.isoformat()}}
    )
    assert auditor.faults(second) == [f"{second} was not exported: the operations table has no record of it."]
    assert f"names {second} as the day before" in auditor.faults(third)[0]
    assert auditor.faults(first) == []
