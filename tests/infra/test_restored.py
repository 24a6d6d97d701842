"""A restored database against the one that the template makes: RDS copies next to nothing by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from shared.backups.aws_instances import AwsInstances, Shape

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource, Stack

AWS = ("dev", "staging", "prod")
DRILL = "drill-20261125T040000Z"
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
NAMES = {
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
}
# Of the identity of each, or of the temporary one, which is deleted and logs nowhere.
OF_ITS_OWN = {
    "DBClusterIdentifier",
    "DBInstanceIdentifier",
    "Tags",
    "DeletionProtection",
    "EnableCloudwatchLogsExports",
}


@pytest.mark.parametrize("stage", AWS)
def test_a_restored_database_is_made_as_the_template_makes_the_running_one(assembly: Assembly, stage: str) -> None:
    """Of all that RDS lets a request say: what the template says, the request says too, and the same."""
    rds, requests = _recording()
    instances = AwsInstances(rds, f"p09-{stage}-postgres", _shape(assembly, stage))
    instances.provision(DRILL, to=NOW, base_before=NOW)
    for operation, kind in (
        ("RestoreDBClusterToPointInTime", "AWS::RDS::DBCluster"),
        ("CreateDBInstance", "AWS::RDS::DBInstance"),
    ):
        members = set(rds.meta.service_model.operation_model(operation).input_shape.members) - OF_ITS_OWN
        stack, resource = assembly.of_type(stage, kind)[0]
        made = {name: _known(assembly, stage, stack, value) for name, value in resource.properties.items()}
        expected = {name: value for name, value in made.items() if name in members}
        asked = {name: value for name, value in requests[operation].items() if name in members & made.keys()}
        assert len(expected) > 8
        assert asked == expected


@pytest.mark.parametrize("stage", AWS)
def test_what_a_temporary_database_does_without_a_promoted_one_gets(assembly: Assembly, stage: str) -> None:
    shape = _shape(assembly, stage)
    ((stack, cluster),) = assembly.of_type(stage, "AWS::RDS::DBCluster")
    properties = cluster.properties
    assert shape.promoted == {
        "ManageMasterUserPassword": properties["ManageMasterUserPassword"],
        "MasterUserSecretKmsKeyId": _known(assembly, stage, stack, properties["MasterUserSecret"]["KmsKeyId"]),
        "DeletionProtection": properties["DeletionProtection"],
        "CloudwatchLogsExportConfiguration": {"EnableLogTypes": properties["EnableCloudwatchLogsExports"]},
    }
    assert shape.readers == len(assembly.of_type(stage, "AWS::RDS::DBInstance")) - 1


@pytest.mark.parametrize("stage", AWS)
def test_a_restored_database_listens_where_functions_are_let_through_and_look(assembly: Assembly, stage: str) -> None:
    port = _shape(assembly, stage).cluster["Port"]
    told = {
        function.properties["Environment"]["Variables"].get("POSTGRES_PORT", str(port))
        for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
    }
    assert told == {str(port)}
    rules = assembly.of_type(stage, "AWS::EC2::SecurityGroupIngress")
    open_to = [one.properties for _, one in rules if "PostgreSQL" in one.properties["Description"]]
    assert {(one["FromPort"], one["ToPort"]) for one in open_to} == {(port, port)}


@pytest.mark.parametrize("stage", AWS)
def test_the_drill_may_use_what_rds_requires_for_what_it_asks(assembly: Assembly, stage: str) -> None:
    """Resource types by the service authorization reference: an instance of Aurora needs more than itself."""
    required = {
        "rds:RestoreDBClusterToPointInTime": {"cluster", "cluster-pg", "og", "subgrp"},
        "rds:CreateDBInstance": {"cluster", "db", "og", "pg", "subgrp"},
        "iam:PassRole": {"role"},
        "secretsmanager:CreateSecret": {"secret"},
    }
    (policy,) = [
        one for one in assembly.stages[stage]["Recovery"].of_type("AWS::IAM::ManagedPolicy")
        if one.logical_id.startswith("RestoreDrillPolicy")
    ]  # fmt: skip
    for action, kinds in required.items():
        allowed = [
            _known(assembly, stage, assembly.stages[stage]["Recovery"], arn)
            for one in policy.properties["PolicyDocument"]["Statement"] if action in _list(one["Action"])
            for arn in _list(one["Resource"])
        ]  # fmt: skip
        assert kinds <= {_kind(arn) for arn in allowed}, action


def _recording() -> tuple[Any, dict[str, dict[str, Any]]]:
    """A client that finds no restored database yet, and writes down what it is asked for."""
    session = boto3.Session("key", "secret", region_name="eu-central-1")
    rds, requests = session.client("rds"), dict[str, dict[str, Any]]()
    stub = Stubber(rds)
    stub.add_client_error("describe_db_clusters", "DBClusterNotFoundFault")
    stub.add_response("describe_db_clusters", {"DBClusters": [{"LatestRestorableTime": NOW}]}, ANY_OF_CLUSTERS)
    stub.add_response("restore_db_cluster_to_point_in_time", {"DBCluster": {}})
    stub.add_client_error("describe_db_instances", "DBInstanceNotFound")
    stub.add_response("create_db_instance", {"DBInstance": {}})
    stub.activate()
    rds.meta.events.register(
        "provide-client-params.rds", lambda params, model, **_: requests.update({model.name: params})
    )
    return rds, requests


ANY_OF_CLUSTERS = {"DBClusterIdentifier": ANY}


def _shape(assembly: Assembly, stage: str) -> Shape:
    recovery = assembly.stages[stage]["Recovery"]
    (told,) = [
        function.properties["Environment"]["Variables"]["POSTGRES_SHAPE"]
        for function in recovery.of_type("AWS::Lambda::Function")
        if "POSTGRES_SHAPE" in function.properties["Environment"]["Variables"]
    ]
    return Shape(**json.loads(_known(assembly, stage, recovery, told)))


def _known(assembly: Assembly, stage: str, stack: Stack, value: Any) -> Any:  # noqa: PLR0911 -- one form of value each
    """A value of a template, with one text for each thing that is known only in AWS, whichever stack speaks of it."""
    match value:
        case list():
            return [_known(assembly, stage, stack, one) for one in value]
        case {"Fn::Join": [between, parts]}:
            return str(between).join(str(_known(assembly, stage, stack, one)) for one in parts)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{stack.name} {name} {attribute}>"
        case {"Ref": name}:
            return f"<{name[5:]}>" if name.startswith("AWS::") else _named(stack, stack.find(name))
        case {"Fn::ImportValue": export}:
            return _exported(assembly, stage, export)
        case dict():
            return {name: _known(assembly, stage, stack, one) for name, one in value.items()}
    return value


def _exported(assembly: Assembly, stage: str, export: str) -> Any:
    for stack in assembly.stacks(stage):
        for output in stack.template.get("Outputs", {}).values():
            if output.get("Export", {}).get("Name") == export:
                return _known(assembly, stage, stack, output["Value"])
    raise LookupError(f"nobody exports {export}")


def _named(stack: Stack, resource: Resource) -> str:
    name = NAMES.get(resource.type, "")
    return str(resource.properties.get(name) or f"<{stack.name} {resource.logical_id}>")


def _kind(arn: str) -> str:
    """Of a resource by its ARN; of one in another template by its logical id."""
    parts = arn.split(":")
    return parts[5].partition("/")[0] if len(parts) > 5 else "role" if "Role" in arn else arn


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
