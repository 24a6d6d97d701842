"""What a first deploy, and one that fails, meet in an account that nobody here can reach."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from infra.stages import DEV, Stage
from tests.infra.assembly import COPY_REGION, STAGES, run_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.infra.assembly import Assembly, Resource, Stack

AWS = ("dev", "staging", "prod")
PROTECTION = re.compile("DeletionProtection(Enabled)?")


@pytest.mark.parametrize("stage", STAGES)
def test_a_creation_that_failed_keeps_nothing_that_the_next_attempt_would_meet(assembly: Assembly, stage: str) -> None:
    for stack in assembly.stacks(stage):
        for resource in stack.resources:
            policies = {resource.body.get(name) for name in ("DeletionPolicy", "UpdateReplacePolicy")}
            assert resource.body.get("DeletionPolicy") != "Retain", f"{stack.name} {resource.logical_id}"
            assert ("RetainExceptOnCreate" in policies) == ("Retain" in policies), resource.logical_id


def test_a_first_deploy_protects_nothing_from_its_own_rollback(assembly: Assembly) -> None:
    for name, stack in assembly.founding.items():
        protected = [f"{name} {one.logical_id}" for one in stack.resources if _protected(one)]
        assert (protected, stack.protected) == ([], False)


def test_every_later_deploy_protects_what_remembers(assembly: Assembly) -> None:
    protected = {one.type for stack in assembly.stacks("prod") for one in stack.resources if _protected(one)}
    assert {"AWS::RDS::DBCluster", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool"} <= protected


def test_a_first_deploy_makes_what_every_later_one_goes_on_with(assembly: Assembly) -> None:
    """Protection apart, nothing differs: the second deploy replaces nothing."""
    for name, stack in assembly.stages["prod"].items():
        first = {one.logical_id: (one.type, _unprotected(one)) for one in assembly.founding[name].resources}
        assert first == {one.logical_id: (one.type, _unprotected(one)) for one in stack.resources}, name


@pytest.mark.parametrize("stage", AWS)
def test_a_custom_resource_that_talks_to_a_database_waits_for_its_instances(assembly: Assembly, stage: str) -> None:
    data = assembly.stages[stage]["Data"]
    talking = [
        one for one in data.resources if one.type.startswith("Custom::") and _names(data, one, "AWS::RDS::DBCluster")
    ]
    assert talking
    instances = {one.logical_id for one in data.of_type("AWS::RDS::DBInstance")}
    assert len(instances) == (1 if stage == "dev" else 2)
    for one in talking:
        assert instances <= _behind(data, one), one.logical_id


@pytest.mark.parametrize("stage", AWS)
def test_backups_are_copied_to_another_region_which_is_there_before_the_plan_names_it(
    assembly: Assembly, stage: str
) -> None:
    stacks = assembly.stages[stage]
    assert f"P09-{stage}-RecoveryCopy" in stacks["Recovery"].depends_on
    assert f"P09-{stage}-Network" in stacks["RecoveryCopy"].depends_on
    rule = stacks["Network"].template["Rules"]["CopiesAreElsewhere"]
    refused = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, COPY_REGION]}]}
    assert [one["Assert"] for one in rule["Assertions"]] == [refused]


def test_no_stage_in_aws_is_synthesized_before_its_owner_chose_where_backups_are_copied(tmp_path: Path) -> None:
    for chosen in ("", "Frankfurt"):
        with pytest.raises(subprocess.CalledProcessError) as refused:
            run_app("infra.app", tmp_path, stages="prod", copy_region=chosen)
        assert "Set P09_COPY_REGION for make" in refused.value.stderr


def test_a_stage_lives_in_two_availability_zones_or_in_those_that_aws_names_first() -> None:
    with pytest.raises(ValueError, match="has 1 availability zones"):
        Stage(name="one", sizes=DEV.sizes, zones=("eu-central-1a",))


@pytest.mark.parametrize("stage", AWS)
def test_the_gateway_asks_for_no_higher_burst_than_an_account_has(assembly: Assembly, stage: str) -> None:
    for _, one in assembly.of_type(stage, "AWS::ApiGatewayV2::Stage"):
        assert one.properties["DefaultRouteSettings"]["ThrottlingBurstLimit"] <= 5000


def _protected(resource: Resource) -> bool:
    return any(PROTECTION.fullmatch(key) and value not in {False, "INACTIVE"} for key, value in _properties(resource))


def _unprotected(resource: Resource) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in _properties(resource) if not PROTECTION.fullmatch(key)]


def _properties(resource: Resource) -> list[tuple[str, Any]]:
    return sorted(resource.properties.items())


def _behind(stack: Stack, resource: Resource) -> set[str]:
    """What is there before it: what it refers to or depends on, and so on."""
    found: set[str] = set()
    todo = [resource]
    while todo:
        for name in set(_references(todo.pop().body)) - found:
            found.add(name)
            todo += [one for one in stack.resources if one.logical_id == name]
    return found


def _names(stack: Stack, resource: Resource, kind: str) -> bool:
    """Whether the function behind a custom resource is told of one of this type."""
    (function,) = _references(resource.properties["ServiceToken"])
    told = set(_references(stack.find(function).properties.get("Environment", {})))
    return bool(told & {one.logical_id for one in stack.of_type(kind)})


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref":
                yield one
            elif key == "Fn::GetAtt":
                yield one[0]
            elif key == "DependsOn":
                yield from [one] if isinstance(one, str) else one
            else:
                yield from _references(one)
