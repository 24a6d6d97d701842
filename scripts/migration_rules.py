"""Holds every migration against the rules of expand and contract: nothing that the code before it needs is taken away,
and no table is locked for long. Squawk finds; shared/migrations/exceptions.toml excuses, with a reason."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.platform.migrations import DIRECTORY

SQUAWK: Final = Path(__file__).resolve().parents[1] / ".venv" / "linters" / "bin" / "squawk"
EVERYWHERE: Final = "everywhere"
# What squawk does not look for: rights and policies that the code before needs as much as its columns.
TAKEN_AWAY: Final = {
    "ban-revoke": r"revoke\s(?![^;]*\bfrom\s+public\b)",
    "ban-drop-policy": r"drop\s+policy\b",
    "ban-drop-role": r"drop\s+(?:role|owned)\b",
}


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    file: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


Exceptions = Mapping[str, Mapping[str, str]]
"""The reason, by file (or ``everywhere``) and rule."""


def main() -> int:
    findings = violations(DIRECTORY)
    for finding in findings:
        print(f"shared/migrations/{finding}", file=sys.stderr)
    return 1 if findings else 0


def violations(directory: Path) -> list[Finding]:
    """What no exception excuses, and exceptions that excuse nothing. ``directory`` holds migrations and exceptions.toml."""
    exceptions = tomllib.loads((directory / "exceptions.toml").read_text(encoding="utf-8"))
    found = sorted(_found(directory))
    excused = {place for finding in found for place in _places(finding) if _is_in(place, exceptions)}
    left = [finding for finding in found if not any(_is_in(place, exceptions) for place in _places(finding))]
    return [*left, *_not_needed(exceptions, excused), *_without_reason(exceptions)]


def _found(directory: Path) -> Iterator[Finding]:
    files = sorted(directory.glob("*.sql"))
    for file in files:
        yield from _taken_away(file)
    command = [str(SQUAWK), "--assume-in-transaction", "--pg-version", "18", "--reporter", "json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        reported = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"squawk gave no findings but {done.stderr or done.stdout!r}")
    for one in reported:
        name = Path(one["file"]).name
        yield Finding(file=name, line=one["line"] + 1, rule=one["rule_name"], message=one["message"])


def _taken_away(file: Path) -> Iterator[Finding]:
    sql = file.read_text(encoding="utf-8")
    for rule, statement in TAKEN_AWAY.items():
        for one in re.finditer(rf"(?:^|;)\s*({statement})", sql, re.IGNORECASE | re.MULTILINE):
            line = sql.count("\n", 0, one.start(1)) + 1
            yield Finding(file=file.name, line=line, rule=rule, message="the code before this release may need it")


def _places(finding: Finding) -> list[tuple[str, str]]:
    return [(EVERYWHERE, finding.rule), (finding.file, finding.rule)]


def _is_in(place: tuple[str, str], exceptions: Exceptions) -> bool:
    return place[1] in exceptions.get(place[0], {})


def _not_needed(exceptions: Exceptions, excused: set[tuple[str, str]]) -> Iterator[Finding]:
    for file, rules in exceptions.items():
        for rule in rules:
            if (file, rule) not in excused:
                message = f"excuses nothing in {file}: take the line out"
                yield Finding(file="exceptions.toml", line=1, rule=rule, message=message)


def _without_reason(exceptions: Exceptions) -> Iterator[Finding]:
    for file, rules in exceptions.items():
        for rule, reason in rules.items():
            if not reason.strip():
                yield Finding(file="exceptions.toml", line=1, rule=rule, message=f"say why in {file}")


if __name__ == "__main__":
    sys.exit(main())
