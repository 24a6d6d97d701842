import json
from dataclasses import replace

import pytest

from shared.delivery.snapshot import Incomparable, Limits, Sample, Snapshot, judge, read_snapshot, summarise

LIMITS = Limits(slower_share=0.2, slower_ms=50, more_errors=0.005, most_errors=0.01)


def snapshot(milliseconds: float = 100, failed: int = 0, *, requests: int = 1000, url: str = "http://a") -> Snapshot:
    well = [Sample(kind="event", seconds=milliseconds / 1000)] * (requests - failed)
    return summarise(url, "2026-11-24T10:00:00Z", 10, 100, well + [Sample(kind="query", seconds=5, why="x")] * failed)


def test_percentiles_are_of_what_was_answered_and_the_error_rate_of_everything() -> None:
    samples = [Sample(kind="event", seconds=n / 1000) for n in range(1, 101)]
    samples += [Sample(kind="query", seconds=5, why="/v1/query answered 500")] * 25
    found = summarise("http://a", "2026-11-24T10:00:00Z", 10, 20, samples)
    assert (found.all.p50, found.all.p95, found.all.p99) == (50, 95, 99)
    assert (found.all.requests, found.all.failed, found.all.error_rate, found.throughput) == (125, 25, 0.2, 5)
    assert found.kinds["query"].p95 == 0
    assert found.problems == {"/v1/query answered 500": 25}


def test_a_snapshot_is_read_as_it_was_written() -> None:
    found = snapshot(12.34, failed=3)
    assert read_snapshot(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize(
    ("before", "after", "within"),
    [
        (100, 150, True),  # as many milliseconds as the limit, and no more
        (100, 150.1, False),
        (1000, 1199, True),  # more milliseconds than the limit, but less of a share
        (1000, 1201, False),
        (5, 50, True),  # ten times as much of nearly nothing
        (150, 100, True),
    ],
)
def test_slower_is_what_is_slower_by_share_and_by_milliseconds(before: float, after: float, within: bool) -> None:  # noqa: FBT001 -- parametrized: pytest passes it by name
    judgement = judge(snapshot(after), snapshot(before), LIMITS)
    assert judgement.within is within
    assert f"p95 {after:g} ms, was {before:g} ms" in judgement.why


@pytest.mark.parametrize(
    ("before", "after", "within", "why"),
    [
        (0, 5, True, "error rate 0.50%, was 0.00%"),
        (0, 6, False, "more than 0.50% higher"),
        (8, 10, True, "error rate 1.00%, was 0.80%"),
        (10, 11, False, "at most 1.00% may fail"),
    ],
)
def test_more_errors_than_before_and_more_than_any_may_have_are_told_apart(
    before: int,
    after: int,
    within: bool,  # noqa: FBT001 -- parametrized: pytest passes it by name
    why: str,
) -> None:
    judgement = judge(snapshot(failed=after), snapshot(failed=before), LIMITS)
    assert judgement.within is within
    assert why in judgement.why


def test_the_first_snapshot_is_judged_by_its_error_rate_alone() -> None:
    assert judge(snapshot(60_000), None, LIMITS).within
    assert not judge(snapshot(failed=11), None, LIMITS).within


def test_nothing_measured_is_not_within_the_limits() -> None:
    nothing = summarise("http://a", "2026-11-24T10:00:00Z", 10, 20, [])
    assert judge(nothing, None, LIMITS).why == "no request was made"


@pytest.mark.parametrize("before", [snapshot(url="http://b"), replace(snapshot(), per_second=20)])
def test_snapshots_of_another_system_or_load_say_nothing_of_each_other(before: Snapshot) -> None:
    with pytest.raises(Incomparable):
        judge(snapshot(), before, LIMITS)
