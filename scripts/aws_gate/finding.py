"""What the gate has to say, as a compiler says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """``subject`` is what else it is about, such as an action; with stack, resource and check it tells findings apart."""

    stack: str
    resource: str
    check: str
    subject: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.stack} {self.resource}: {self.problem} [{self.check}: {self.subject}]\n    mend: {self.mend}"
