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
OFF = ("", "false")
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


def test_what_behaves_differently_is_said_of_both_sides_once() -> None:
    names = [entry["name"] for entry in _behaviours()]
    assert {"order", "second region", "quotas", "service principals", "TLS", "defaults"} <= set(names)
    assert len(set(names)) == len(names)
    for entry in _behaviours():
        assert len(entry["in_aws"].split()) > 3
        assert len(entry["here"].split()) > 3


def test_settings_that_take_a_function_another_way_in_aws_are_under_a_behaviour(assembly: Assembly) -> None:
    listed = [name for entry in _behaviours() for name in entry.get("settings", ())]
    assert sorted(listed) == sorted(_switches(assembly))


def test_what_looks_at_a_behaviour_instead_exists() -> None:
    named = [test for entry in _behaviours() for test in entry["tests"]]
    missing = [test for test in named if f"def {test.partition('::')[2]}(" not in _text(test.partition("::")[0])]
    assert not missing
    assert all((ROOT / file).is_file() for entry in _behaviours() for file in entry.get("code", ()))


def test_the_readme_says_how_many_of_prods_resources_this_machine_has(assembly: Assembly) -> None:
    here, prod = (sum(len(stack.resources) for stack in assembly.stacks(stage)) for stage in ("local", "prod"))
    assert f"the same code, {here} of {prod} resources" in " ".join(_text("README.md").split())


def _switches(assembly: Assembly) -> set[str]:
    """Variables that are empty, or false, on one side only."""
    here, prod = (
        {
            (one.properties["FunctionName"].removeprefix(f"p09-{stage}-"), name): value
            for _, one in assembly.of_type(stage, "AWS::Lambda::Function")
            for name, value in one.properties["Environment"]["Variables"].items()
        }
        for stage in ("local", "prod")
    )
    return {name for function, name in prod if (here[function, name] in OFF) != (prod[function, name] in OFF)}


def _text(file: str) -> str:
    return (ROOT / file).read_text()


def _behaviours() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(_text("local/left_out.toml"))["behaviour"]
    return found


def _named_alarms(assembly: Assembly, stage: str) -> set[str]:
    alarms = assembly.of_type(stage, "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    names = [alarm.properties["AlarmName"] for _, alarm in alarms if "AlarmName" in alarm.properties]
    return {name.replace(f"p09-{stage}-", "p09-prod-") for name in names}


def _entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "local" / "left_out.toml").read_text())["left_out"]
    return found
