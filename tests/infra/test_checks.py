from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.infra.assembly import run_app

if TYPE_CHECKING:
    from pathlib import Path


def test_a_finding_that_nobody_acknowledged_ends_the_synthesis(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failure:
        run_app("tests.infra.app_with_a_finding", tmp_path)
    assert "Validation failed" in failure.value.stderr
    report = json.loads((tmp_path / "validation-report.json").read_text())
    rules = {one["ruleName"] for plugin in report["pluginReports"] for one in plugin["violations"]}
    assert {"AwsSolutions-S1", "NIST.800.53.R5-S3BucketVersioningEnabled"} <= rules
