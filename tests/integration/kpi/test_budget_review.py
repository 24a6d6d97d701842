import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from shared.runbook.run import digest
from shared.runbook.store import RunStore
from tests.integration.aws import BUCKET
from tests.integration.kpi.conftest import Evaluator

SLICE = timedelta(minutes=5)
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def history(evaluator: Evaluator, *, errors: int) -> None:
    """Two days, all but the last slices read after an outage of the evaluator."""
    evaluator.run(EIGHT - timedelta(days=2))
    for number in range(576):
        evaluator.aws.put_slice(
            EIGHT - timedelta(days=2) + number * SLICE, requests=1000, errors=errors if number > 500 else 0,
            latencies={100: 1000},
        )  # fmt: skip
    evaluator.run(EIGHT)


def archived(evaluator: Evaluator, name: str) -> bytes:
    key = f"kpi/error-budget/2026-11-23/{name}"
    content: bytes = evaluator.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return content


def review(evaluator: Evaluator) -> tuple[dict[str, Any], dict[str, Any]]:
    said = evaluator.review(EIGHT)
    return said, json.loads(archived(evaluator, "report.json"))


def test_a_review_leaves_its_numbers_and_a_chart_for_each_budget(evaluator: Evaluator) -> None:
    history(evaluator, errors=1)
    said, report = review(evaluator)
    assert said["verdict"] == report["verdict"] == "passed"
    availability = report["budgets"][0]
    assert availability["budget"]["remaining"] == pytest.approx(1 - 75 / 576)
    assert availability["points"][-1]["bad"] == 75
    for name in ("availability.svg", "latency.svg"):
        chart = archived(evaluator, name)
        assert ET.fromstring(chart).tag.endswith("svg")  # noqa: S314 -- our own
        assert b"<script" not in chart
        assert b"kozea" not in chart


def test_too_little_left_fails_the_review(evaluator: Evaluator) -> None:
    history(evaluator, errors=7)
    said, report = review(evaluator)
    assert said["verdict"] == "failed"
    assert [budget["verdict"] for budget in report["budgets"]] == ["passed" if kpi == "latency" else "failed"
                                                                   for kpi in ("availability", "latency")]  # fmt: skip


def test_nothing_known_is_not_called_passed(evaluator: Evaluator) -> None:
    said, report = review(evaluator)
    assert (said["verdict"], report["verdict"]) == ("unconfigured", "insufficient data")
    assert report["budgets"][0]["points"][-1]["remaining"] is None


def test_a_review_made_twice_is_the_same(evaluator: Evaluator) -> None:
    history(evaluator, errors=1)
    first, report = review(evaluator)
    second, again = review(evaluator)
    assert (second["outcome"], second["verdict"]) == ("repeated", first["verdict"])
    assert again == report


def test_a_review_leaves_a_run_record_with_its_evidence(evaluator: Evaluator) -> None:
    history(evaluator, errors=1)
    said, _ = review(evaluator)
    run = RunStore(evaluator.table).get("error_budget_review", said["run"])
    assert run
    assert run.finding
    assert run.finding.measured["availability"] == pytest.approx(1 - 75 / 576)
    assert run.finding.thresholds == {"minimum_remaining": 0.25}
    assert run.finding.inputs == {"report.json": digest(archived(evaluator, "report.json"))}
    assert run.finding.links["report.json"].startswith(f"s3://{BUCKET}/kpi/error-budget/2026-11-23/")
