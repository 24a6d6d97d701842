"""Writes what follows from the runbook, the permissions, the problems and the code; --check says what differs."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scripts.generate import (
    cloudwatch,
    cloudwatch_dashboard,
    document,
    gateway,
    grafana,
    operations_table,
    problems,
    prometheus,
    roles,
)
from shared.runbook.load import load
from shared.runbook.model import Runbook

ROOT: Final = Path(__file__).parent.parent.parent


def artefacts(runbook: Runbook) -> Mapping[str, str]:
    """Path from the repository's root → text."""
    return {
        "docs/problems.md": problems.problems_page(),
        "docs/roles.md": roles.roles_page(),
        "docs/runbook.md": document.runbook_page(runbook),
        "infra/gateway.json": gateway.routes(),
        "infra/operations_table.json": operations_table.access(),
        "monitoring/cloudwatch/P09-Operations.json": cloudwatch_dashboard.dashboard(runbook),
        "monitoring/cloudwatch/alarms.json": cloudwatch.alarms(runbook),
        "monitoring/cloudwatch/metrics.json": cloudwatch.metrics(runbook),
        "monitoring/grafana/P09-Operations.json": grafana.dashboard(runbook),
        "monitoring/prometheus/alert-rules.yaml": prometheus.rules(runbook),
        "monitoring/prometheus/prometheus.yml": prometheus.scrape_config(runbook),
        "web/public/docs/problems.html": problems.problems_site(),
    }


def stale(runbook: Runbook, root: Path = ROOT) -> list[str]:
    """Paths whose files are not what the runbook gives."""
    expected = artefacts(runbook)
    return [path for path, text in expected.items() if not (root / path).is_file() or (root / path).read_text() != text]


def main() -> None:
    runbook = load()
    if "--check" in sys.argv:
        if wrong := stale(runbook):
            sys.exit(
                f"not what runbook, permissions, problems and code give: {', '.join(wrong)}. Run make generate and commit it"
            )
        return
    for path, text in artefacts(runbook).items():
        file = ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main()
