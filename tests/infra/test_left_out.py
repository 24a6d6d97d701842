from __future__ import annotations

import json
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import ROOT

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

MINISTACK = ROOT / ".venv" / "ministack" / "bin" / "python"
LIST_TYPES = """
import json
from ministack.services.cloudformation import provisioners
print(json.dumps(list(provisioners._RESOURCE_HANDLERS)))
"""


@pytest.fixture(scope="module")
def deployable() -> set[str]:
    """Resource types that the installed MiniStack can deploy."""
    done = subprocess.run([MINISTACK, "-c", LIST_TYPES], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_every_type_of_prod_is_deployed_locally_or_listed_as_left_out(assembly: Assembly) -> None:
    left_out = {kind for entry in _entries() for kind in entry["types"]}
    assert assembly.types("prod") - assembly.types("local") == left_out


def test_local_has_nothing_that_prod_lacks(assembly: Assembly) -> None:
    assert assembly.types("local") <= assembly.types("prod")


def test_ministack_can_deploy_every_local_type(assembly: Assembly, deployable: set[str]) -> None:
    types = {kind for kind in assembly.types("local") if not kind.startswith("Custom::")}
    assert types <= deployable


def test_alarms_that_local_lacks_are_those_that_are_put_after_the_deploy(assembly: Assembly) -> None:
    put = json.loads((ROOT / "monitoring" / "cloudwatch" / "alarms.json").read_text())
    stands_in = {f"p09-prod-{alarm['id']}" for alarm in (*put["metric_alarms"], *put["composite_alarms"])}
    assert _named_alarms(assembly, "prod") - _named_alarms(assembly, "local") == stands_in


def test_every_left_out_type_says_why_and_what_stands_in() -> None:
    for entry in _entries():
        assert entry["types"]
        assert len(entry["why"].split()) > 3
        assert len(entry["stands_in"].split()) > 3


def _named_alarms(assembly: Assembly, stage: str) -> set[str]:
    alarms = assembly.of_type(stage, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    names = [alarm.properties["AlarmName"] for _, alarm in alarms if "AlarmName" in alarm.properties]
    return {name.replace(f"p09-{stage}-", "p09-prod-") for name in names}


def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "local" / "left_out.toml").read_text())["left_out"]
    return found
