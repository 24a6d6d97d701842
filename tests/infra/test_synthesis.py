from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.infra.assembly import ROOT, SECOND, STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

AWS_STAGES = ("dev", "staging", "prod")
STACKS = {"Data", "Access", "Api", "Ingest", "Web", "Operations", "Recovery", "Status"}
OUTPUTS = {
    "Data": {"EventBusName", "OperationsTableName", "AlarmsTopicArn"},
    "Access": {"UserPoolId", "UserPoolClientId"},
    "Api": {"ApiUrl"},
    "Web": {"DistributionId", "DistributionDomainName", "WebBucketName"},
    "Status": {"StatusDistributionId", "StatusDistributionDomainName", "StatusUrl"},
}
FUNCTIONS = len(list((ROOT / "functions").glob("*/settings.py"))) + len(SECOND)
# An app that lost its stacks would pass every other test: these are in each stage, exactly as often.
COUNTS = {
    "AWS::ApiGatewayV2::Api": 2,
    "AWS::CloudFront::Distribution": 2,
    "AWS::CloudWatch::Dashboard": 1,
    "AWS::Cognito::UserPool": 1,
    "AWS::Cognito::UserPoolGroup": 5,
    "AWS::DynamoDB::Table": 1,
    "AWS::Events::EventBus": 1,
    "AWS::Lambda::Function": FUNCTIONS,
    "AWS::S3::Bucket": 5,
    "AWS::SQS::Queue": FUNCTIONS,
    "Custom::Migrations": 1,
    "Custom::SigningKeys": 1,
    "Custom::WebContent": 1,
}
SERVER_COUNTS = {
    "AWS::EC2::VPC": 1,
    "AWS::ElastiCache::ReplicationGroup": 1,
    "AWS::RDS::DBCluster": 1,
}
# Without a reader `dev` is down while its writer is patched; nobody minds.
INSTANCES = {"dev": 1, "staging": 2, "prod": 2}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_its_stacks_by_name(assembly: Assembly, stage: str) -> None:
    expected = STACKS if stage == "local" else STACKS | {"Network", "RecoveryCopy", "Delivery"}
    assert {stack.name for stack in assembly.stacks(stage)} == {f"P09-{stage}-{name}" for name in expected}


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_holds_what_makes_the_system(assembly: Assembly, stage: str) -> None:
    found = Counter(resource.type for stack in assembly.stacks(stage) for resource in stack.resources)
    assert {kind: found[kind] for kind in COUNTS} == COUNTS


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_stages_in_aws_have_servers_and_a_network(assembly: Assembly, stage: str) -> None:
    found = Counter(resource.type for stack in assembly.stacks(stage) for resource in stack.resources)
    assert {kind: found[kind] for kind in SERVER_COUNTS} == SERVER_COUNTS
    assert found["AWS::RDS::DBInstance"] == INSTANCES[stage]


def test_stages_in_aws_differ_in_no_kind_of_resource(assembly: Assembly) -> None:
    for stage in ("dev", "staging"):
        assert _kinds(assembly, stage) == _kinds(assembly, "prod")


@pytest.mark.parametrize("stage", STAGES)
def test_stacks_have_the_outputs_that_others_read(assembly: Assembly, stage: str) -> None:
    for name, outputs in OUTPUTS.items():
        assert outputs <= set(assembly.stages[stage][name].template["Outputs"])


@pytest.mark.parametrize("stage", STAGES)
def test_only_prod_refuses_to_be_deleted(assembly: Assembly, stage: str) -> None:
    assert {stack.protected for stack in assembly.stacks(stage)} == {stage == "prod"}


@pytest.mark.parametrize("stage", STAGES)
def test_no_template_names_a_folder_of_this_machine(assembly: Assembly, stage: str) -> None:
    for stack in assembly.stacks(stage):
        assert str(ROOT) not in json.dumps(stack.template)


def test_synthesis_warns_of_nothing(assembly: Assembly) -> None:
    lines = [line for line in assembly.output.splitlines() if not line.startswith("[assets]")]
    assert lines == []


def _kinds(assembly: Assembly, stage: str) -> dict[str, set[str]]:
    return {name: {resource.type for resource in stack.resources} for name, stack in assembly.stages[stage].items()}
