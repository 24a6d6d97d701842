from collections.abc import Sequence

import pytest

from shared.events.catalogue import read
from shared.events.event import Event
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.health.model import Outcome, Result, concerned, judge, why
from shared.health.prober import Rules, Standings, observe

RULES = Rules(failures=3, successes=2, components={"console": ["console"], "collection": ["/health", "/health/redis"],
                                                   "analytics": ["/health/db", "canary"]})  # fmt: skip
CHECKS = ("/health", "/health/db", "/health/redis", "console", "canary")


def seen(*failed: str, unknown: Sequence[str] = (), reached: bool = True) -> list[Outcome]:
    results = dict.fromkeys(CHECKS, Result.PASSED) | dict.fromkeys(failed, Result.FAILED)
    results |= dict.fromkeys(unknown, Result.UNKNOWN)
    return [
        Outcome(check=check, address="http://x", result=result, why=f"{check} is so", reached=reached)
        for check, result in results.items()
    ]


WELL = seen()
DOWN = seen("/health/db", "canary")
SKIPPED = seen(unknown=["canary"])
DARK = seen(*CHECKS, reached=False)


def play(*looks: list[Outcome]) -> tuple[Standings, list[tuple[int, Event]]]:
    """What was told at which look, from a service that is well."""
    standings, told = Standings(), []
    for number, outcomes in enumerate(looks):
        standings, events = observe(standings, outcomes, RULES, f"2026-11-24T12:{number:02}:00Z")
        told += [(number, event) for event in events]
    return standings, told


def kinds(told: list[tuple[int, Event]]) -> list[tuple[int, str, str]]:
    return [(number, event.detail_type, event.detail["subject"]) for number, event in told]


def test_the_third_failure_in_a_row_is_told_once() -> None:
    standings, told = play(DOWN, DOWN, DOWN, DOWN, DOWN)
    assert kinds(told) == [(2, "ProbeFailed", "service")]
    assert told[0][1].detail["components"] == ["analytics"]
    assert "/health/db: /health/db is so" in told[0][1].detail["why"]
    assert standings.service.since == "2026-11-24T12:02:00Z"
    assert not standings.undecided


def test_a_success_between_failures_starts_the_count_anew() -> None:
    assert play(DOWN, DOWN, WELL, DOWN, DOWN)[1] == []


def test_flapping_that_never_fails_three_times_in_a_row_is_no_incident_but_stays_open_to_doubt() -> None:
    standings, told = play(*[DOWN, WELL] * 10, DOWN)
    assert told == []
    assert standings.undecided


def test_two_successes_in_a_row_are_a_recovery() -> None:
    standings, told = play(DOWN, DOWN, DOWN, WELL, WELL, WELL)
    assert kinds(told) == [(2, "ProbeFailed", "service"), (4, "ProbeRecovered", "service")]
    assert told[1][1].detail["components"] == ["analytics"]
    assert standings == Standings()


def test_a_failure_during_recovery_starts_the_count_anew() -> None:
    told = play(DOWN, DOWN, DOWN, WELL, DOWN, WELL, DOWN, WELL, WELL)[1]
    assert kinds(told) == [(2, "ProbeFailed", "service"), (8, "ProbeRecovered", "service")]


def test_a_skipped_probe_is_unknown_and_changes_nothing() -> None:
    assert kinds(play(DOWN, DOWN, SKIPPED, DOWN)[1]) == [(3, "ProbeFailed", "service")]
    failing = play(DOWN, DOWN, DOWN, WELL, SKIPPED, SKIPPED)
    assert failing[0].service.since
    assert len(failing[1]) == 1


def test_reaching_nothing_at_all_is_the_probers_failure_and_not_the_services() -> None:
    standings, told = play(DARK, DARK, DARK, DARK, WELL, WELL)
    assert kinds(told) == [(2, "ProbeFailed", "prober"), (5, "ProbeRecovered", "prober")]
    assert told[0][1].detail["components"] == []
    assert standings == Standings()


def test_a_service_that_failed_before_the_prober_lost_its_way_stays_failed() -> None:
    standings, told = play(DOWN, DOWN, DOWN, DARK, DARK, DARK, WELL, WELL)
    assert kinds(told) == [
        (2, "ProbeFailed", "service"), (5, "ProbeFailed", "prober"),
        (7, "ProbeRecovered", "service"), (7, "ProbeRecovered", "prober"),
    ]  # fmt: skip
    assert standings == Standings()


def test_further_components_are_told_again_under_an_id_of_their_own() -> None:
    more = seen("/health/db", "/health/redis")
    told = play(DOWN, DOWN, DOWN, more, more, DOWN)[1]
    assert [event.detail["components"] for _, event in told] == [["analytics"], ["collection", "analytics"]]
    assert len({event.detail["id"] for _, event in told}) == 2


def test_components_of_every_failure_that_counted_are_concerned() -> None:
    told = play(seen("console"), seen("/health"), DOWN)[1]
    assert told[0][1].detail["components"] == ["console", "collection", "analytics"]


def test_another_teller_of_the_same_tells_it_under_the_same_id() -> None:
    first, second = play(DOWN, DOWN, DOWN)[1], play(DOWN, DOWN, DOWN)[1]
    assert first == second
    for _, event in first:
        assert isinstance(event, ProbeFailed | ProbeRecovered)
        assert read(event.detail_type, event.detail) == event


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], Result.UNKNOWN),
        ([Result.PASSED, Result.PASSED], Result.PASSED),
        ([Result.PASSED, Result.UNCONFIGURED], Result.UNCONFIGURED),
        ([Result.UNCONFIGURED, Result.UNKNOWN], Result.UNKNOWN),
        ([Result.UNKNOWN, Result.FAILED, Result.PASSED], Result.FAILED),
    ],
)
def test_only_what_passed_everywhere_passed(results: list[Result], expected: Result) -> None:
    outcomes = [Outcome(check=str(n), address="x", result=result, why="so") for n, result in enumerate(results)]
    assert judge(outcomes) is expected


def test_a_component_is_concerned_when_one_of_its_checks_failed() -> None:
    assert concerned(seen("/health/redis"), RULES.components) == ("collection",)
    assert concerned(SKIPPED, RULES.components) == ()
    assert why(seen("console", "canary")) == "console: console is so; canary: canary is so"
    assert why(WELL) == "All 5 checks passed."
