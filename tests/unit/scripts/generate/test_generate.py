import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from functions.api.routes import metrics
from scripts.generate.__main__ import ROOT, artefacts, main, stale
from scripts.generate.queries import le
from shared.kpi.evaluate import evaluate
from shared.kpi.measure import roll_up
from shared.runbook.load import FILE, load, parse, the_runbook
from shared.runbook.model import Runbook
from tests.unit.shared.kpi.traffic import NOW, SLICE, Run, slices_of

SLOWER = FILE.read_text().replace("target_ms = 200", "target_ms = 500")


def _alarms(runbook: Runbook) -> dict[str, Any]:
    return dict(json.loads(artefacts(runbook)["monitoring/cloudwatch/alarms.json"]))


def test_what_is_committed_is_what_the_runbook_gives() -> None:
    assert stale(load()) == []


def test_another_p95_target_changes_evaluator_rules_alarms_dashboards_and_docs(tmp_path: Path) -> None:
    file = tmp_path / "runbook.toml"
    file.write_text(SLOWER)
    slower = load(file)
    history = roll_up(slices_of([Run(12, 1000, slow=100)]), SLICE)
    verdicts = [evaluate(runbook, history, NOW, incidents=0).decisions[1].verdict for runbook in (load(), slower)]
    assert verdicts == ["breached", "met"]
    assert set(stale(slower)) == {
        "docs/runbook.md",
        "monitoring/cloudwatch/P09-Operations.json",
        "monitoring/cloudwatch/alarms.json",
        "monitoring/grafana/P09-Operations.json",
        "monitoring/prometheus/alert-rules.yaml",
    }
    assert 'le="0.5"' in artefacts(slower)["monitoring/prometheus/alert-rules.yaml"]
    assert "within 500 ms" in artefacts(slower)["docs/runbook.md"]


def test_the_check_fails_until_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.generate.__main__.load", lambda: parse(SLOWER))
    monkeypatch.setattr("sys.argv", ["generate", "--check"])
    with pytest.raises(SystemExit, match=r"docs/runbook\.md.*make generate"):
        main()


def test_files_are_missed_as_well(tmp_path: Path) -> None:
    assert set(stale(load(), tmp_path)) == set(artefacts(load()))


def test_each_alert_says_what_to_do_and_links_to_a_heading_that_exists() -> None:
    page = artefacts(load())["docs/runbook.md"]
    rules = artefacts(load())["monitoring/prometheus/alert-rules.yaml"]
    anchors = re.findall(r'runbook_url: "[^"]+#([a-z-]+)"', rules)
    assert len(anchors) == rules.count("- alert: ") == rules.count("description: ")
    assert set(anchors) == set(re.findall(r'<a id="([a-z-]+)">', page)) - {
        "incidents", "crashes", "communication", "further-schedules", "secrets",
    }  # fmt: skip
    for description in re.findall(r'description: "(.+)"', rules):
        assert any(json.loads(f'"{description}"').endswith(text) for text in _actions(load()))


def _actions(runbook: Runbook) -> list[str]:
    kpis, alerts = runbook.kpis, runbook.alerts
    return [kpis.availability.do, kpis.latency.do, kpis.error_rate.do, kpis.long_latency.do] + [
        getattr(alerts, name).do for name in type(alerts).model_fields
    ]


def test_queries_name_only_metrics_that_the_api_exposes() -> None:
    source = Path(metrics.__file__).read_text()
    stems = {"p09_http_requests", "p09_http_request_duration_seconds", *re.findall(r'"(p09_[a-z_]+)"', source)}
    exposed = stems | {f"{stem}_{kind}" for stem in stems for kind in ("total", "bucket", "count", "sum")}
    exposed |= {f"p09_events_{name}_total" for name in ("accepted", "rejected", "stored", "repeated")}
    texts = [
        artefacts(load())[f"monitoring/{name}"]
        for name in ("prometheus/alert-rules.yaml", "grafana/P09-Operations.json")
    ]
    assert {name for text in texts for name in re.findall(r"\bp09_[a-z_]+", text)} <= exposed


@pytest.mark.parametrize(
    ("milliseconds", "matcher"), [(200, 'le="0.2"'), (1000, r'le=~"1(\\.0)?"'), (2500, 'le="2.5"')]
)
def test_bounds_of_whole_seconds_match_both_spellings(milliseconds: int, matcher: str) -> None:
    assert le(milliseconds) == matcher


def test_panels_of_grafana_do_not_overlap_and_all_ask_something() -> None:
    board = json.loads(artefacts(load())["monitoring/grafana/P09-Operations.json"])
    assert board["title"] == "P09-Operations"
    cells = [
        (x, y)
        for panel in board["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert all(panel["targets"] for panel in board["panels"] if panel["type"] != "row")


def test_cloudwatch_alarms_stay_within_its_limits() -> None:
    alarms = _alarms(load())["metric_alarms"]
    for alarm in alarms:
        assert len(alarm["metrics"]) + 1 <= 10
        assert alarm["period_seconds"] * alarm["evaluation_periods"] <= 86400
        assert alarm["period_seconds"] % 60 == 0
    assert len({alarm["id"] for alarm in alarms}) == len(alarms)


def test_each_composite_pages_on_alarms_that_exist_and_the_three_day_one_on_the_evaluator() -> None:
    found = _alarms(load())
    alarms = {alarm["id"]: alarm for alarm in found["metric_alarms"]}
    composites = {one["id"]: one["all_of"] for one in found["composite_alarms"]}
    assert set(composites) == {
        f"P09{kpi}Burn{pair}" for kpi in ("Availability", "Latency") for pair in ("Fast", "Steady", "Slow", "Creeping")
    }
    assert {part for parts in composites.values() for part in parts} <= set(alarms)
    (evaluated,) = composites["P09AvailabilityBurnCreeping"]
    assert alarms[evaluated]["metrics"] == {"m0": "BurnAlert"}
    assert alarms["P09AvailabilityBurnFastLong"]["threshold"] == 0.0144
    assert all(one["title"] and "https://" in one["description"] for one in found["composite_alarms"])


def test_metric_filters_put_each_request_into_exactly_one_bucket() -> None:
    filters = json.loads(artefacts(load())["monitoring/cloudwatch/metrics.json"])["access_log_filters"]
    buckets = [one["pattern"] for one in filters if one["metric"].startswith("Latency")]
    for milliseconds in (0, 5, 6, 199, 200, 201, 10_000, 10_001, 29_000):
        assert sum(_matches(pattern, milliseconds) for pattern in buckets) == 1
    assert len(buckets) == len(the_runbook().slices.latency_bounds_ms) + 1


def _matches(pattern: str, milliseconds: int) -> bool:
    conditions = re.findall(r"\$\.responseLatency (>|<=) (-?\d+)", pattern)
    return all(milliseconds > int(limit) if sign == ">" else milliseconds <= int(limit) for sign, limit in conditions)


def test_no_artefact_names_this_machine() -> None:
    assert not [path for path, text in artefacts(load()).items() if str(ROOT) in text]


def _as_grafana_reads(board: dict[str, Any]) -> dict[str, Any]:
    """What is left of a dashboard once Grafana's own model of it has read it: names that it does not know are gone."""
    found: dict[str, Any] = json.loads(JSONEncoder(sort_keys=True, indent=1).encode(Dashboard.from_json(board)))
    return found


def _lost(written: object, read: object, at: str = "") -> Iterator[str]:
    """Paths that are in the first and not, or with another value, in the second; more in the second is a default."""
    if isinstance(written, dict) and isinstance(read, dict):
        for name, value in written.items():
            yield from _lost(value, read[name], f"{at}.{name}") if name in read else [f"{at}.{name}"]
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for number, (one, other) in enumerate(zip(written, read, strict=True)):
            yield from _lost(one, other, f"{at}[{number}]")
    elif written != read:
        yield at


def test_grafanas_own_model_of_a_dashboard_knows_each_name_in_ours() -> None:
    register_default_plugins()
    board = json.loads(artefacts(load())["monitoring/grafana/P09-Operations.json"])
    assert list(_lost(board, _as_grafana_reads(board))) == []
    chart = next(number for number, panel in enumerate(board["panels"]) if panel["type"] == "timeseries")
    panel = board["panels"][chart]
    panel["fieldConfig"]["defaults"]["custom"] = {"thresholdStyle": {"mode": "line"}}
    panel["targets"][0]["expression"] = "up"
    panel["titel"] = "Requests"
    assert list(_lost(board, _as_grafana_reads(board))) == [
        f".panels[{chart}].fieldConfig.defaults.custom.thresholdStyle",
        f".panels[{chart}].targets[0].expression",
        f".panels[{chart}].titel",
    ]
