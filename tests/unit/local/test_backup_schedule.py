from datetime import UTC, datetime

import pytest

from local.backups.schedule import last_due
from shared.runbook.tasks import Schedule

NIGHTLY = Schedule(title="nightly", hour=1)
WEEKLY = Schedule(title="weekly", weekday="Sunday", hour=3)
EVERY = Schedule.model_validate({"title": "often", "every": "6h", "offset": "1h"})


@pytest.mark.parametrize(
    ("schedule", "now", "due"),
    [
        (NIGHTLY, "2026-11-24T00:59:59", "2026-11-23T01:00:00"),
        (NIGHTLY, "2026-11-24T01:00:00", "2026-11-24T01:00:00"),
        (NIGHTLY, "2026-11-24T16:00:00", "2026-11-24T01:00:00"),
        (WEEKLY, "2026-11-24T16:00:00", "2026-11-22T03:00:00"),
        (WEEKLY, "2026-11-22T03:00:00", "2026-11-22T03:00:00"),
        (WEEKLY, "2026-11-22T02:59:59", "2026-11-15T03:00:00"),
        (EVERY, "2026-11-24T06:59:59", "2026-11-24T01:00:00"),
        (EVERY, "2026-11-24T07:00:00", "2026-11-24T07:00:00"),
    ],
)
def test_the_last_time_that_it_was_due(schedule: Schedule, now: str, due: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, due))
    assert last_due(schedule, at) == expected
