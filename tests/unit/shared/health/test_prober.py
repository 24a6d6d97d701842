from collections.abc import Sequence

import pytest

from shared.events.catalogue import read
from shared.events.event import Event
from shared.events.health import ProbeFailed, ProbeRecovered
from shared.health.model import Outcome, Result, judge, why
from shared.health.prober import Rules, Standing, Standings, observe

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
HEALTHY = Standings(components=dict.fromkeys(RULES.components, Standing()))


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
    (event,) = [event for _, event in told]
    assert standings.components["analytics"].since == event.detail["at"] == "2026-11-24T12:02:00Z"
    assert event.detail["since"] == "2026-11-24T12:00:00Z", "customers were hit at the first failure"
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
    assert standings == HEALTHY


def test_a_failure_during_recovery_starts_the_count_anew() -> None:
    told = play(DOWN, DOWN, DOWN, WELL, DOWN, WELL, DOWN, WELL, WELL)[1]
    assert kinds(told) == [(2, "ProbeFailed", "service"), (8, "ProbeRecovered", "service")]


def test_a_skipped_probe_is_unknown_and_changes_nothing() -> None:
    assert kinds(play(DOWN, DOWN, SKIPPED, DOWN)[1]) == [(3, "ProbeFailed", "service")]
    failing = play(DOWN, DOWN, DOWN, WELL, SKIPPED, SKIPPED)
    assert list(failing[0].failing) == ["analytics"]
    assert len(failing[1]) == 1


def test_reaching_nothing_at_all_is_the_probers_failure_and_not_the_services() -> None:
    standings, told = play(DARK, DARK, DARK, DARK, WELL, WELL)
    assert kinds(told) == [(2, "ProbeFailed", "prober"), (5, "ProbeRecovered", "prober")]
    assert told[0][1].detail["components"] == []
    assert standings == HEALTHY


def test_a_service_that_failed_before_the_prober_lost_its_way_stays_failed() -> None:
    standings, told = play(DOWN, DOWN, DOWN, DARK, DARK, DARK, WELL, WELL)
    assert kinds(told) == [
        (2, "ProbeFailed", "service"), (5, "ProbeFailed", "prober"),
        (7, "ProbeRecovered", "service"), (7, "ProbeRecovered", "prober"),
    ]  # fmt: skip
    assert standings == HEALTHY


def test_a_further_component_is_told_once_it_has_failed_as_often_under_an_id_of_its_own() -> None:
    more = seen("/health/db", "/health/redis")
    told = play(DOWN, DOWN, DOWN, more, more, DOWN, more, more, more)[1]
    assert [(number, event.detail["components"]) for number, event in told] == [
        (2, ["analytics"]), (8, ["collection", "analytics"]),
    ]  # fmt: skip
    assert len({event.detail["id"] for _, event in told}) == 2


def test_three_different_blips_are_no_outage_of_anything() -> None:
    standings, told = play(seen("console"), seen("/health"), DOWN)
    assert told == []
    assert standings.undecided


def test_a_component_that_recovers_is_told_so_while_another_still_fails() -> None:
    both, console = seen("console", "/health/db"), seen("console")
    told = play(both, both, both, console, console, console, both, console, WELL, WELL)[1]
    assert [(number, event.detail_type, event.detail["components"]) for number, event in told] == [
        (2, "ProbeFailed", ["console", "analytics"]), (4, "ProbeFailed", ["console"]),
        (9, "ProbeRecovered", ["console"]),
    ]  # fmt: skip


def test_a_set_of_components_that_fails_again_is_told_under_another_id() -> None:
    both, console = seen("console", "/health/db"), seen("console")
    told = play(*[console] * 3, *[both] * 3, *[console] * 3)[1]
    assert [event.detail["components"] for _, event in told] == [["console"], ["console", "analytics"], ["console"]]
    assert len({event.detail["id"] for _, event in told}) == 3


# As Gatus counts: each endpoint for itself, and what interrupts a row starts the count again.
@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ("ff", ""),
        ("fff", "2!"),
        ("ffff", "2!"),
        ("ffsff", ""),
        ("ffsfff", "5!"),
        ("fffs", "2!"),
        ("fffss", "2! 4."),
        ("fffsfs", "2!"),
        ("fffsfss", "2! 6."),
        ("fffssfff", "2! 4. 7!"),
    ],
)
def test_each_component_is_counted_like_an_endpoint_of_its_own_whatever_the_others_do(looks: str, told: str) -> None:
    for others in ((), ("console",), ("console", "/health")):
        played = play(*(seen(*others, *(("canary",) if look == "f" else ())) for look in looks))[1]
        states = [(number, "analytics" in event.detail["components"], event.detail_type) for number, event in played]
        found, failing = [], False
        for number, named, kind in states:
            if (fails := named and kind == "ProbeFailed") != failing:
                found.append(f"{number}{'!' if fails else '.'}")
                failing = fails
        assert " ".join(found) == told


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


def test_it_says_which_checks_did_not_pass() -> None:
    assert why(seen("console", "canary")) == "console: console is so; canary: canary is so"
    assert why(WELL) == "All 5 checks passed."
