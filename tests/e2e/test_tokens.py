"""Tokens that `p09` hands out: the pipeline's own, and those of people."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.api import Api, Refused
from local.state import ROOT
from tests.e2e.local_system import LocalSystem


def p09(system: LocalSystem, *arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "p09"), *system.options, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_the_pipeline_reads_changes_and_nothing_else(system: LocalSystem) -> None:
    pipeline = Api(system.url, p09(system, "token", "--pipeline"))
    assert "changes" in pipeline.get("/v1/changes")
    with pytest.raises(Refused, match="you are the pipeline"):
        pipeline.get("/v1/incidents")


def test_records_name_people_by_their_address(system: LocalSystem) -> None:
    sre = Api(system.url, p09(system, "token", "--role", "P09-SRE"))
    opened = sre.post("/v1/incidents", {"title": "Who said so?", "severity": "ticket", "note": "to see a name"})
    assert "sre@demo.example" in str(opened)
    sre.post(f"/v1/incidents/{opened['id']}/resolve", {"note": "seen"})
