"""What the command line says is typed as it stands: no field of the API where a person reads."""

import re
import sys
from collections.abc import Iterator

import httpx2
import pytest
import typer

from local import api
from scripts.p09 import main
from scripts.p09.flags import commands, in_flags, options

ROOT = typer.main.get_command(main.app)
# Names of things that are typed as they stand: functions, KPIs, steps of a change, scenarios.
NAMES = {
    "ingest_worker",
    "health_check",
    "planned_deployment",
    "error_rate",
    "long_latency",
    "load_snapshot",
    "rate_limit",
    "slow_job",
}
SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def texts() -> Iterator[tuple[str, str]]:
    for command in commands(ROOT):
        yield str(command.name), command.help or ""
        for parameter in command.params:
            yield f"{command.name} {parameter.opts[0]}", str(getattr(parameter, "help", "") or "")


def test_no_help_text_speaks_of_a_field() -> None:
    assert {where: found for where, text in texts() if (found := set(SNAKE.findall(text)) - NAMES)} == {}


def test_every_option_of_several_words_is_typed_with_dashes() -> None:
    assert [flag for flag in options(ROOT).values() if "_" in flag] == []


@pytest.mark.parametrize(("said", "typed"), [
    ("still failing: a; wait for the recovery, or say although_failing (HTTP 409)",
     "still failing: a; wait for the recovery, or say --although-failing (HTTP 409)"),
    ("GET /v1/drills/although_failing", "GET /v1/drills/although_failing"),
    ("there is no p09_although_failing", "there is no p09_although_failing"),
    ("the field made_up is unknown", "the field made_up is unknown"),
])  # fmt: skip
def test_a_refusal_names_the_option_and_leaves_everything_else(said: str, typed: str) -> None:
    assert in_flags(said, ROOT) == typed


def test_who_resolves_what_still_fails_is_told_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = {"title": "Not now", "detail": "still failing: probe; wait for the recovery, or say although_failing"}
    client = httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(409, json=problem)))
    monkeypatch.setattr(api, "_client", lambda: client)
    command = ["p09", "--url", "http://p09", "--token", "t", "incident", "resolve", "INC-20261124-120000-0a1b2c"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit, match="or say --although-failing"):
        main.main()
