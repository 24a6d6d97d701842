from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.backups.model import Bucket, Report, Window
from shared.backups.verify import unavailable, unconfigured, verify
from tests.unit.shared.backups.reports import (
    DAY,
    GOOD,
    LIMITS,
    NOW,
    SIZE,
    attempt,
    inspected,
    job,
    night,
    point,
    snapshot,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def since(when: timedelta) -> Report:
    """The newest backup ended so long ago."""
    ended: dict[str, Any] = {"created_at": NOW - when - MINUTE, "completed_at": NOW - when}
    return replace(GOOD, jobs=(job(**ended),), points=(point(**ended, retained_until=None),))


# What was found, and the beginning of each reason; none means that it passed.
CASES: dict[str, tuple[Report, list[str]]] = {
    "everything as it should be": (GOOD, []),
    "exactly as old as allowed": (since(LIMITS.maximum_age), []),
    "exactly half of the median": (night(size=SIZE // 2), []),
    "exactly as long kept as asked for": (night(retained_until=point().created_at + LIMITS.minimum_retention), []),
    "kept until somebody deletes it": (night(retained_until=None), []),
    "window that ends exactly ten minutes ago": (
        replace(GOOD, window=Window(earliest=NOW - DAY, latest=NOW - LIMITS.point_in_time_within)), []
    ),
    "the very first backup": (replace(GOOD, jobs=(job(),), points=(point(),)), []),
    "a running job after the good one": (
        replace(GOOD, jobs=(*GOOD.jobs, job(id="now", state="RUNNING", created_at=NOW, completed_at=None))), []
    ),
    "a failed attempt before the good one": (
        replace(GOOD, jobs=(*GOOD.jobs, job(id="first", state="FAILED", created_at=job().created_at - MINUTE))), []
    ),
    "too old by a second": (
        since(LIMITS.maximum_age + timedelta(seconds=1)),
        ["The newest completed backup is 26 hours old", "The newest recovery point is 26 hours old"],
    ),
    "completed with issues": (
        attempt(message_category="PARTIAL", message="VSS failed."),
        ["Backup job job-0 completed with issues: its message category is PARTIAL, not SUCCESS (VSS failed)."],
    ),
    "completed without a category": (
        attempt(message_category=""),
        ["Backup job job-0 completed with issues: its message category is missing, not SUCCESS."],
    ),
    "nothing found at all": (
        Report(),
        ["No backup job has completed: 0", "No recovery point can be restored from: 0", "There is no point-in-time",
         "No snapshot of Valkey", "No bucket", "Nothing tells whether what is kept is whole"],
    ),
    "jobs that all failed": (
        replace(GOOD, jobs=tuple(replace(one, state="FAILED") for one in GOOD.jobs)),
        ["No backup job has completed: 10 were found"],
    ),
    "last night failed, yesterday's is young enough": (
        attempt(state="FAILED", message="Out of space."),
        ["The newest completed backup is 38.7 hours old", "Backup job job-0 of 2026-11-24 01:00:00 UTC ended FAILED (Out of"],
    ),
    "a second attempt was aborted": (
        replace(GOOD, jobs=(*GOOD.jobs, job(id="again", state="ABORTED", created_at=NOW - HOUR))),
        ["Backup job again of 2026-11-24 15:00:00 UTC ended ABORTED."],
    ),
    "half of it was taken": (
        replace(GOOD, jobs=(*GOOD.jobs, job(id="again", state="PARTIAL", created_at=NOW - HOUR))),
        ["Backup job again of 2026-11-24 15:00:00 UTC ended PARTIAL."],
    ),
    "empty": (night(size=0), ["Recovery point point-0 has a size of 0 bytes."]),
    "of unknown size": (night(size=None), ["Nobody can tell the size of recovery point point-0"]),
    "a byte less than half of the median": (
        night(size=SIZE // 2 - 1),
        ["Recovery point point-0 has 476.8 MiB, less than 50% of 953.7 MiB, the median of the last 7 before it."],
    ),
    "unencrypted": (night(encrypted=False), ["Recovery point point-0 is not encrypted."]),
    "an older one is unencrypted": (
        replace(GOOD, points=(*GOOD.points, point(12, encrypted=False))), ["Recovery point point-12 is not encrypted."]
    ),
    "kept too short": (
        night(retained_until=point().created_at + 7 * DAY),
        ["Recovery point point-0 is kept for 7 days; at least 15 days are asked for."],
    ),
    "window lagging by a second": (
        replace(GOOD, window=Window(earliest=NOW - DAY, latest=NOW - LIMITS.point_in_time_within - timedelta(seconds=1))),
        ["The point-in-time window ends 10 minutes ago (2026-11-24 15:49:59 UTC); it must reach to within 10 minutes"],
    ),
    "no window": (replace(GOOD, window=None), ["There is no point-in-time window"]),
    "a recovery point that is being deleted": (
        night(status="DELETING"),
        ["The newest recovery point is 38.7 hours old", "Backup job job-0 completed, but its recovery point point-0"],
    ),
    "recovery points that expired": (
        replace(GOOD, points=tuple(replace(one, status="EXPIRED") for one in GOOD.points)),
        ["No recovery point can be restored from: 10 were found, none of them complete."],
    ),
    "no snapshot of Valkey": (replace(GOOD, snapshots=()), ["No snapshot of Valkey is available: 0 were found."]),
    "a snapshot of Valkey that failed": (
        replace(GOOD, snapshots=(snapshot(status="failed"),)), ["No snapshot of Valkey is available: 1 were found."]
    ),
    "Valkey's snapshot too old": (
        replace(GOOD, snapshots=(snapshot(created_at=NOW - 9 * DAY),)), ["The newest snapshot of Valkey is 9 days old"]
    ),
    "Valkey's snapshot empty": (
        replace(GOOD, snapshots=(snapshot(size=0),)), ["The snapshot weekly of Valkey has a size of 0 bytes."]
    ),
    "Valkey's snapshot unencrypted": (
        replace(GOOD, snapshots=(snapshot(encrypted=False),)), ["The snapshot weekly of Valkey is not encrypted."]
    ),
    "a bucket without versions": (
        replace(GOOD, buckets=(*GOOD.buckets, Bucket(name="exports", versioned=False))),
        ["Bucket exports does not keep versions"],
    ),
    "a fault in what is kept": (
        replace(GOOD, inspection=inspected(faults=("WAL segment X is missing from the archive.", "base/Y is damaged."))),
        ["WAL segment X is missing from the archive.", "base/Y is damaged."],
    ),
    "no part read for more than a day": (
        replace(GOOD, inspection=inspected(parts=(replace(inspected().parts[0], at=NOW - timedelta(hours=27)),))),
        ["What is kept was last read again 27 hours ago (2026-11-23 13:00:00 UTC); a part of it must be each day"],
    ),
    "never read in ten days": (
        replace(GOOD, inspection=inspected(parts=(), oldest_reading=None)), ["What is kept was last read again 10 days ago"]
    ),
    "not read yet on its first day": (
        replace(GOOD, inspection=inspected(parts=(), oldest_reading=None, kept_since=NOW - HOUR)), []
    ),
    "a file not read for more than a week": (
        replace(GOOD, inspection=inspected(oldest_reading=NOW - 7 * DAY - HOUR)),
        ["A file that is kept was last read 7 days ago; each must be read again within 7 days."],
    ),
    "files that are not ours to read": (
        replace(GOOD, inspection=inspected(reads=False, parts=(), oldest_reading=None)), []
    ),
    "jobs refused": (
        replace(GOOD, jobs=(), unread={"backup jobs": "AccessDenied"}), ["The backup jobs could not be read: AccessDenied."]
    ),
    "recovery points throttled": (
        replace(GOOD, points=(), unread={"recovery points": "ThrottlingException"}),
        ["The recovery points could not be read: ThrottlingException."],
    ),
    "everything down": (
        Report(unread=dict.fromkeys(
            ("backup jobs", "recovery points", "point-in-time window", "Valkey snapshots", "buckets"), "time-out")),
        ["The backup jobs could not", "The recovery points could not", "The point-in-time window could not",
         "The Valkey snapshots could not", "The buckets could not", "Nothing tells whether what is kept is whole"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_verdict(name: str) -> None:
    report, expected = CASES[name]
    finding = verify(report, LIMITS, NOW)
    assert finding.verdict == ("failed" if expected else "passed")
    assert len(finding.reasons) == len(expected), finding.reasons
    for reason, beginning in zip(finding.reasons, expected, strict=True):
        assert reason.startswith(beginning)


def test_there_are_at_least_twenty_cases() -> None:
    assert len(CASES) >= 20


def test_the_median_is_of_the_seven_before_the_newest_and_forgets_empty_ones() -> None:
    sizes = [400, *[1000] * 3, *[0] * 2, *[900] * 4, *[10] * 20]
    report = replace(GOOD, points=tuple(point(night, size=size) for night, size in enumerate(sizes)))
    finding = verify(report, LIMITS, NOW)
    assert finding.measured["median_size"] == 900
    assert finding.reasons == (
        "Recovery point point-0 has 400 bytes, less than 50% of 900 bytes, the median of the last 7 before it.",
    )


def test_measured_values_and_thresholds_are_plain() -> None:
    finding = verify(GOOD, LIMITS, NOW)
    assert finding.measured["newest_backup"]["size"] == SIZE
    assert finding.measured["newest_backup"]["age_seconds"] == 14 * 3600 + 40 * 60
    assert finding.measured["point_in_time"]["lag_seconds"] == 300
    assert finding.measured["history"][-1]["duration_seconds"] == 1200
    assert len(finding.measured["history"]) == 10
    assert finding.thresholds["maximum_age_seconds"] == 26 * 3600


def test_what_is_not_configured_is_neither_green_nor_red() -> None:
    assert unconfigured("No vault is named.", LIMITS).verdict == "unconfigured"


def test_what_can_not_be_read_is_red() -> None:
    finding = unavailable("no answer", LIMITS)
    assert finding.verdict == "failed"
    assert finding.reasons == ("The backups could not be read, so nothing is known of them: no answer.",)


def test_what_came_after_the_moment_of_a_late_check_is_new_and_not_from_the_future() -> None:
    measured = verify(GOOD, LIMITS, NOW - 3 * DAY).measured
    assert measured["newest_backup"]["age_seconds"] == measured["point_in_time"]["lag_seconds"] == 0
