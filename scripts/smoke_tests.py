"""The 02:00 health check by hand: the same checks, on any system, from any machine that has Python 3.11.

Exit codes: 0 every check passed; 1 a check failed; 2 none failed but one could not be made (such as the canary
without its keys), or the command was typed wrongly. Only 0 is green.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from scripts.canary_keys import WrongUsage, add_options, canary_keys, url
from shared.health.canary import Keys, Limits, canary_check, not_made, reading_check
from shared.health.checks import Check, http_checks, make_all
from shared.health.model import Outcome, Result, judge, reached_anything

RUNBOOK: Final = Path(__file__).resolve().parents[1] / "shared" / "runbook.toml"
SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
EXIT: Final = {Result.PASSED: 0, Result.FAILED: 1, Result.UNKNOWN: 2, Result.UNCONFIGURED: 2}
WORDS: Final = {
    Result.PASSED: "passed", Result.FAILED: "FAILED", Result.UNKNOWN: "NOT MADE", Result.UNCONFIGURED: "NOT MADE",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the runbook says of the check; durations in seconds."""

    paths: tuple[str, ...]
    timeout: float
    canary_within: float

    @classmethod
    def of(cls, runbook: Path) -> "Asked":
        # Read by hand: the runbook's own reader needs pydantic, which the machine at hand may lack.
        task = tomllib.loads(runbook.read_text(encoding="utf-8"))["tasks"]["health_check"]
        return cls(
            paths=tuple(task["paths"]), timeout=_seconds(task["timeout"]), canary_within=_seconds(task["canary_within"])
        )


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        keys, lack = canary_keys(chosen.canary, chosen.state, chosen.api_url)
    except WrongUsage as error:
        print(f"smoke-tests: {error}", file=sys.stderr)
        return 2
    asked = Asked.of(RUNBOOK)
    started = time.perf_counter()
    outcomes = make_all(
        [*http_checks(chosen.app_url, chosen.api_url, asked.paths, asked.timeout), _canary(chosen, asked, keys, lack)]
    )
    took = time.perf_counter() - started
    if chosen.report:
        checks = [
            {"check": one.check, "result": one.result.value, "why": one.why, "milliseconds": one.milliseconds}
            for one in outcomes
        ]
        chosen.report.write_text(json.dumps(checks) + "\n", encoding="utf-8")
    (_print_json if chosen.json else _print_lines)(outcomes, took)
    return EXIT[judge(outcomes)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="smoke-tests.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "app_url", metavar="APP_URL", type=url, help="where the console is, such as https://app.example.com"
    )
    parser.add_argument("api_url", metavar="API_URL", type=url, help="where the API is, often the same address")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="where to write what each check found, for `p09 change report`"
    )
    parser.add_argument(
        "--read-only", action="store_true",
        help="ask for the canary's numbers instead of sending an event: for staging on a restored database",
    )  # fmt: skip
    add_options(parser)
    return parser


def _canary(chosen: argparse.Namespace, asked: Asked, keys: Keys | None, lack: str) -> Check:
    if keys is None:
        return not_made(chosen.api_url, Result.UNCONFIGURED, f"no event could be sent: {lack}"[:500])
    limits = Limits(timeout=asked.timeout, within=asked.canary_within)
    if chosen.read_only:
        return reading_check(chosen.api_url, keys, limits)
    return canary_check(chosen.api_url, keys, f"smoke-tests-{uuid4()}", limits)


def _print_lines(outcomes: Sequence[Outcome], took: float) -> None:
    widths = [max(len(text) for text in column) for column in zip(*map(_cells, outcomes), strict=True)]
    for one in outcomes:
        cells = [f"{cell:<{width}}" for cell, width in zip(_cells(one), widths, strict=True)]
        print("  ".join([*cells, f"{one.milliseconds:9,.1f} ms", one.why]))
    if not reached_anything(outcomes):
        print("Nothing at all was reached: is this machine's own network well, are the addresses right?")
    failed = sum(one.result is Result.FAILED for one in outcomes)
    missing = sum(one.result in {Result.UNKNOWN, Result.UNCONFIGURED} for one in outcomes)
    passed = len(outcomes) - failed - missing
    print(f"{passed} passed, {failed} failed, {missing} not made, in {took:.1f} s")


def _cells(one: Outcome) -> tuple[str, str, str]:
    return WORDS[one.result], one.check, one.address


def _print_json(outcomes: Sequence[Outcome], took: float) -> None:
    content = {"result": judge(outcomes).value, "seconds": round(took, 3), "checks": [asdict(one) for one in outcomes]}
    print(json.dumps(content, indent=2))


def _seconds(duration: str) -> float:
    return float(int(duration[:-1]) * SECONDS[duration[-1]])


if __name__ == "__main__":
    sys.exit(main())
