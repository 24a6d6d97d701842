from datetime import timedelta
from fractions import Fraction

import pytest

from shared.http.telemetry import LATENCY_BUCKETS
from shared.runbook.lines import line_of
from shared.runbook.load import FILE, WrongRunbook, load, parse, the_runbook

TEXT = FILE.read_text()


def test_it_is_what_the_person_who_asked_for_it_wrote() -> None:
    kpis = load().kpis
    assert (kpis.availability.target_percent, kpis.availability.window) == (Fraction("99.9"), "calendar month")
    assert (kpis.latency.percentile, kpis.latency.target_ms) == (Fraction(95), 200)
    assert (kpis.error_rate.maximum_percent, kpis.error_rate.window) == (Fraction(1), "rolling hour")
    assert (kpis.incidents.maximum, kpis.incidents.window) == (2, "calendar quarter")
    hours = {task.hour: (task.responsible, task.tooling) for task in load().tasks.by_id().values()}
    assert hours == {
        2: ("On-call SRE", "`scripts/test/smoke-tests.sh`"), 8: ("Product SRE", "Grafana"),
        12: ("Backend Engineer", "`redis-cli info memory`"), 16: ("DBA", "AWS Backup report"),
        20: ("Dev Lead", "GitHub Actions"),
    }  # fmt: skip


def test_factors_follow_from_shares_of_the_budget() -> None:
    rates = load().burn_rates
    assert [pair.factor(rates.period) for pair in rates.pairs] == [Fraction("14.4"), 6, 3, 1]
    assert [pair.severity for pair in rates.pairs] == ["page", "page", "ticket", "ticket"]


def test_another_period_gives_other_factors() -> None:
    rates = parse(TEXT.replace('period = "30d"', 'period = "28d"')).burn_rates
    assert [pair.factor(rates.period) for pair in rates.pairs] == [
        Fraction("13.44"),
        Fraction("5.6"),
        Fraction("2.8"),
        Fraction(28, 30),
    ]


def test_it_cannot_be_altered_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(the_runbook().kpis.latency, "target_ms", 500)  # noqa: B010 -- mypy forbids it as well


def test_the_api_counts_latencies_in_the_same_buckets() -> None:
    assert [round(bound * 1000) for bound in LATENCY_BUCKETS] == the_runbook().slices.latency_bounds_ms


WRONG = [
    ("target_percent = 99.9", "target_percent = 100", "kpis.availability.target_percent: must lie between 0 and 100"),
    ("target_percent = 99.9", "target_percent = nan", "kpis.availability.target_percent: must be finite"),
    ("target_percent = 99.9", 'target_percent = "99.9"', "kpis.availability.target_percent: must be a number"),
    ("target_percent = 99.9", "target_percent = true", "kpis.availability.target_percent: must be a number"),
    ("target_ms = 200", "target_ms = 210", "kpis.latency.target_ms: must be one of slices.latency_bounds_ms"),
    ("target_ms = 200", "target_ms = 200.5", "kpis.latency.target_ms: Input should be a valid integer"),
    ("percentile = 95", "percentile = 95\np95 = 200", "kpis.latency.p95: is not a key of the runbook"),
    ('window = "rolling hour"', 'window = "rolling day"', "kpis.latency.window: Input should be"),
    ("maximum = 2", "maximum = 0", "kpis.incidents.maximum: Input should be greater than 0"),
    ('length = "5m"', 'length = "7m"', "slices.length: slices must divide an hour"),
    ('length = "5m"', 'length = "five minutes"', "slices.length: must be a number and a unit"),
    ("[5, 10, 25", "[10, 5, 25", "slices.latency_bounds_ms: bounds must rise"),
    ('long = "1d"', 'long = "1h"', "burn_rates.pairs.2.short: must be shorter than the long window"),
    ('short = "5m"', 'short = "4m"', "burn_rates.pairs.0.short: must be a whole number of slices"),
    ('name = "slow"', 'name = "fast"', "burn_rates.pairs.2.name: another pair has it"),
    ('severity = "ticket"\nbudget', 'severity = "note"\nbudget', "burn_rates.pairs.2.severity: Input should be 'page' or"),
    ("hour = 8", "hour = 24", "tasks.error_budget_review.hour: Input should be less than or equal to 23"),
    ("below_percent = 70", "below = 70", "tasks.redis_memory.below: is not a key of the runbook"),
    ('offset = "1m"', 'offset = "5m"', "schedules.kpi_evaluation.offset: must be shorter than `every`"),
    ('weekday = "Sunday"\nhour = 3', 'weekday = "Sunday"', "schedules.valkey_snapshot: needs either `every` or `hour`"),
    ('tooling = "`p09 evidence verify`"\n', "", "schedules.evidence_export.grace: a task needs an `hour`, and says who"),
    ("[exclusions]", "[exclusion]", "exclusion: is not a key of the runbook"),
]  # fmt: skip


# Where the line at fault is not the one that was changed.
AT = {
    "[10, 5, 25": "latency_bounds_ms",
    'long = "1h"': 'short = "2h"',
    'severity = "note"\nbudget': 'severity = "note"',
    "percentile = 95\np95 = 200": "p95 = 200",
    'weekday = "Sunday"': "[schedules.valkey_snapshot]",
    "": 'grace = "30m"',
}


@pytest.mark.parametrize(("right", "wrong", "fault"), WRONG, ids=[wrong for _, wrong, _ in WRONG])
def test_a_wrong_value_is_named_with_its_line(right: str, wrong: str, fault: str) -> None:
    text = TEXT.replace(right, wrong, 1)
    with pytest.raises(WrongRunbook) as raised:
        parse(text)
    name, line, found = next(line for line in str(raised.value).splitlines() if fault in line).split(":", 2)
    assert name == "runbook.toml"
    assert found.strip().startswith(fault)
    assert AT.get(wrong, wrong) in text.splitlines()[int(line) - 1]


def test_a_missing_key_is_named_with_the_line_of_its_table() -> None:
    with pytest.raises(WrongRunbook) as raised:
        parse(TEXT.replace("minimum_runs = 30", "", 1))
    line = TEXT.splitlines().index("[probes]") + 1
    assert str(raised.value) == f"runbook.toml:{line}: probes.minimum_runs: Field required"


def test_every_fault_is_named() -> None:
    text = TEXT.replace("hour = 8", "hour = 24").replace("hour = 2\n", "hour = -2\n")
    with pytest.raises(WrongRunbook) as raised:
        parse(text)
    assert len(str(raised.value).splitlines()) == 2


def test_text_that_is_no_toml_is_named_with_its_line() -> None:
    with pytest.raises(WrongRunbook, match=r"runbook\.toml: .*line 2"):
        parse("[service]\nname = \n")


def test_lines_are_found_past_long_texts_and_in_arrays_of_tables() -> None:
    text = 'a.b = 1\nlong = """\n[c]\nd = 2\n"""\n[[c]]\nd = 3\n[[c]]\nd = 4\n[c.e]\nf = 5\n'
    assert [line_of(text, path) for path in (("a", "b"), ("c", 0, "d"), ("c", 1, "d"), ("c", 1, "e", "f"), ("z",))] == [
        1, 7, 9, 11, 1,
    ]  # fmt: skip


def test_durations_are_exact() -> None:
    assert load().slices.length == timedelta(minutes=5)
