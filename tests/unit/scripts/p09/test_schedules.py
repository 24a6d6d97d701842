from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from local.state import LocalError
from scripts.p09.schedules import WORKFLOW, Schedule, deployed, occasions, times

MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


def schedule(expression: str, name: str = "p09-local-one", anchor: datetime = MIDNIGHT) -> Schedule:
    event = '{"task": "one", "scheduled_time": "<aws.scheduler.scheduled-time>"}'
    return Schedule(name=name, expression=expression, target="arn:aws:lambda:::one", input=event, anchor=anchor)


def clock(found: list[datetime]) -> list[str]:
    return [f"{at:%H:%M}" for at in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 8 * * ? *)", ["08:00"]),
        ("cron(0 3 ? * MON *)", ["03:00"]),
        ("cron(0 3 ? * SUN *)", []),
        ("cron(0 3 ? * 2 *)", ["03:00"]),
        ("cron(30 6 23 NOV ? 2026)", ["06:30"]),
        ("cron(30 6 23 NOV ? 2027)", []),
        ("cron(0 0/6 * * ? *)", ["00:00", "06:00", "12:00", "18:00"]),
        ("cron(0 0 * * ? *)", ["00:00"]),
        ("cron(59 23 * * ? *)", ["23:59"]),
        ("rate(8 hours)", ["00:00", "08:00", "16:00"]),
        ("at(2026-11-23T05:00:00)", ["05:00"]),
        ("at(2026-11-24T05:00:00)", []),
    ],
)
def test_an_expression_gives_its_times_of_a_day(expression: str, expected: list[str]) -> None:
    assert clock(times(schedule(expression), MONDAY)) == expected


@pytest.mark.parametrize(("expression", "count"), [("cron(1/5 * * * ? *)", 288), ("cron(0/1 * * * ? *)", 1440),
                                                   ("rate(1 minute)", 1440), ("rate(5 minutes)", 288)])  # fmt: skip
def test_what_fires_all_day_has_all_its_times_in_order_and_inside_the_day(expression: str, count: int) -> None:
    found = times(schedule(expression), MONDAY)
    assert len(found) == len(set(found)) == count
    assert found == sorted(found)
    assert {at.date() for at in found} == {MONDAY}


def test_a_rate_counts_from_the_schedules_creation_forwards_and_backwards() -> None:
    made = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert clock(times(schedule("rate(12 hours)", anchor=made), MONDAY)) == ["09:30", "21:30"]
    assert times(schedule("rate(90 days)", anchor=made), MONDAY) == []
    assert times(schedule("rate(90 days)", anchor=made), date(2026, 11, 20)) == [made]
    assert times(schedule("rate(90 days)", anchor=made), made.date() - timedelta(days=90)) == [
        made - timedelta(days=90)
    ]


def test_the_day_is_played_in_its_order() -> None:
    found = occasions([schedule("cron(0 8 * * ? *)", "b"), schedule("cron(0 2,8 * * ? *)", "a")], MONDAY, 1)
    assert [(f"{at:%H}", one.name) for at, one in found] == [("02", "a"), ("08", "a"), ("08", "b")]


def test_thinned_only_what_fires_more_than_hourly_is_left_out_and_the_last_stays() -> None:
    often, hourly = schedule("rate(5 minutes)", "often"), schedule("rate(1 hour)", "hourly")
    found = occasions([often, hourly], MONDAY, 100)
    assert [f"{at:%H:%M}" for at, one in found if one is often] == ["07:15", "15:35", "23:55"]
    assert len([at for at, one in found if one is hourly]) == 24


def test_the_time_is_put_where_scheduler_puts_it() -> None:
    assert schedule("rate(1 hour)").played(MIDNIGHT) == (
        b'{"task": "one", "scheduled_time": "2026-11-23T00:00:00Z", "played": true}'
    )


class Scheduler:
    """As EventBridge Scheduler answers."""

    def __init__(self, **found: Any) -> None:
        target = {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:one", "Input": "{}"}
        self.found = {"Name": "p09-local-one", "State": "ENABLED", "ScheduleExpression": "rate(1 hour)",
                      "CreationDate": MIDNIGHT, "Target": target} | found  # fmt: skip

    def get_paginator(self, _name: str) -> "Scheduler":
        return self

    def paginate(self, **_asked: str) -> list[dict[str, Any]]:
        return [{"Schedules": [{"Name": self.found["Name"]}]}]

    def get_schedule(self, **_asked: str) -> dict[str, Any]:
        return self.found


def test_a_schedule_that_is_switched_off_is_named_and_not_played() -> None:
    enabled, _ = deployed(Scheduler())
    assert [one.name for one in enabled] == ["p09-local-one"]
    with pytest.raises(LocalError, match="no schedule is deployed"):
        deployed(Scheduler(State="DISABLED"))


def test_a_schedule_may_start_a_workflow() -> None:
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:p09-local-restore-drill"
    enabled, _ = deployed(Scheduler(Target={"Arn": arn, "Input": "{}"}))
    assert [WORKFLOW in one.target for one in enabled] == [True]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"ScheduleExpressionTimezone": "Europe/Berlin"}, "only schedules in UTC"),
        ({"Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:queue"}}, "a target that can.t be played"),
    ],
)
def test_what_cannot_be_played_is_refused_by_its_name(found: dict[str, Any], says: str) -> None:
    with pytest.raises(LocalError, match=f"p09-local-one .*{says}"):
        deployed(Scheduler(**found))


def test_an_unknown_kind_of_expression_is_refused() -> None:
    with pytest.raises(LocalError, match="no expression of EventBridge Scheduler"):
        times(schedule("sometimes(1)"), MONDAY)
