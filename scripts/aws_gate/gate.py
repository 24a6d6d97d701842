"""Every check over every stage that goes to AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scripts.aws_gate import order, permissions, ports, reference, retention, roles, statements, writers
from scripts.aws_gate.templates import Templates, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.aws_gate.finding import Finding

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("dev", "staging", "prod")


def stages(assembly: Path) -> list[Templates]:
    return [read(assembly / f"assembly-{name}") for name in STAGES]


def findings(found: Sequence[Templates], root: Path = ROOT) -> Iterator[Finding]:
    known = reference.load()
    for templates in found:
        functions = list(permissions.functions(templates, root))
        yield from order.findings(templates)
        yield from retention.findings(templates)
        yield from statements.findings(templates, known)
        yield from permissions.findings(templates, known, functions)
        yield from roles.findings(templates)
        yield from writers.findings(templates)
        yield from ports.findings(templates, functions)
    yield from retention.names(found)
