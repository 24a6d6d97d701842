"""Findings that stay, each with its reason, in ``accepted.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.aws_gate.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

FILE = Path(__file__).with_name("accepted.toml")


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """Patterns of what is accepted. ``at`` is ``<stack> <resource>``, the stack without ``P09-<stage>-``."""

    check: str
    at: str
    subject: str
    why: str

    def is_about(self, finding: Finding) -> bool:
        where = f"{finding.stack.rpartition('-')[2]} {finding.resource}"
        pairs = ((finding.check, self.check), (where, self.at), (finding.subject, self.subject))
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)


def load(path: Path = FILE) -> list[Accepted]:
    """Raises ``TypeError`` for an entry that lacks one of the four keys."""
    return [Accepted(**entry) for entry in tomllib.loads(path.read_text()).get("accepted", [])]


def remaining(findings: Iterable[Finding], accepted: list[Accepted]) -> list[Finding]:
    """What nobody has accepted, and exceptions that no longer match anything."""
    found = sorted(set(findings))
    left = [one for one in found if not any(entry.is_about(one) for entry in accepted)]
    idle = (entry for entry in accepted if not any(entry.is_about(one) for one in found))
    why, mend = "the exception matches no finding", "take it out"
    return left + [Finding("accepted.toml", one.at, one.check, one.subject, why, mend) for one in idle]
