"""The synthesized templates of one stage, with references followed across stacks and written out as AWS would."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = "111122223333"
MAIN_REGION = "main-region-1"
Key = tuple[str, str]
"""A resource: its stack's name and its logical id."""

# ARNs as AWS builds them: {r} region, {a} account, {n} physical name.
_ARNS = {
    "AWS::ApiGatewayV2::Api": "arn:aws:apigateway:{r}::/apis/{n}",
    "AWS::Backup::BackupVault": "arn:aws:backup:{r}:{a}:backup-vault:{n}",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::CloudWatch::CompositeAlarm": "arn:aws:cloudwatch:{r}:{a}:alarm:{n}",
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:{r}:{a}:userpool/{n}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{r}:{a}:table/{n}",
    "AWS::ElastiCache::ReplicationGroup": "arn:aws:elasticache:{r}:{a}:replicationgroup:{n}",
    "AWS::ElastiCache::User": "arn:aws:elasticache:{r}:{a}:user:{n}",
    "AWS::Events::EventBus": "arn:aws:events:{r}:{a}:event-bus/{n}",
    "AWS::Events::Rule": "arn:aws:events:{r}:{a}:rule/{n}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{a}:policy/{n}",
    "AWS::IAM::Role": "arn:aws:iam::{a}:role/{n}",
    "AWS::KMS::Key": "arn:aws:kms:{r}:{a}:key/{n}",
    "AWS::Lambda::Alias": "arn:aws:lambda:{r}:{a}:function:{n}",
    "AWS::Lambda::Function": "arn:aws:lambda:{r}:{a}:function:{n}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{r}:{a}:log-group:{n}:*",
    "AWS::RDS::DBCluster": "arn:aws:rds:{r}:{a}:cluster:{n}",
    "AWS::RDS::DBInstance": "arn:aws:rds:{r}:{a}:db:{n}",
    "AWS::S3::Bucket": "arn:aws:s3:::{n}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{r}:{a}:secret:{n}-AbCdEf",
    "AWS::SNS::Topic": "arn:aws:sns:{r}:{a}:{n}",
    "AWS::SQS::Queue": "arn:aws:sqs:{r}:{a}:{n}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{r}:{a}:stateMachine:{n}",
}
# Those whose Ref is the ARN.
_REF_IS_ARN = {
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Alias",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
}
NAME_PROPERTIES = {
    "AWS::Backup::BackupPlan": "BackupPlanName",
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::Backup::RestoreTestingPlan": "RestoreTestingPlanName",
    "AWS::CloudFront::CachePolicy": "CachePolicyConfig.Name",
    "AWS::CloudFront::ResponseHeadersPolicy": "ResponseHeadersPolicyConfig.Name",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::CodeDeploy::Application": "ApplicationName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::User": "UserId",
    "AWS::ElastiCache::UserGroup": "UserGroupId",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::QueryDefinition": "Name",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}


@dataclass(frozen=True, eq=False)
class Resource:
    stack: Stack
    id: str
    type: str
    body: dict[str, Any]

    @property
    def key(self) -> Key:
        return self.stack.name, self.id

    @property
    def properties(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body.get("Properties", {})
        return found

    @property
    def name_value(self) -> Any:
        """The physical name as the template gives it; None where AWS chooses one."""
        value: Any = self.properties
        for part in NAME_PROPERTIES.get(self.type, "-").split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True, eq=False)
class Stack:
    name: str
    region: str
    template: dict[str, Any]
    depends_on: list[str] = field(default_factory=list)

    @cached_property
    def resources(self) -> dict[str, Resource]:
        return {name: Resource(self, name, body["Type"], body) for name, body in self.template["Resources"].items()}


@dataclass(frozen=True, eq=False)
class Templates:
    """One stage. ``text`` writes a value of a template out, with ``<Id.Attribute>`` for what only AWS will know."""

    stage: str
    stacks: dict[str, Stack]

    def all(self, *types: str) -> Iterator[Resource]:
        for stack in self.stacks.values():
            for one in stack.resources.values():
                if not types or one.type in types:
                    yield one

    def find(self, stack: Stack, value: Any) -> Resource | None:
        """The resource that a Ref, GetAtt or import names."""
        match value:
            case {"Ref": str(name)}:
                return stack.resources.get(name)
            case {"Fn::GetAtt": [str(name), _]}:
                return stack.resources.get(name)
            case {"Fn::ImportValue": export} if found := self._exports.get(self.text(stack, export)):
                return self.find(*found)
        return None

    def references(self, stack: Stack, value: Any) -> set[Key]:
        """Every resource that a value names."""
        found: set[Key] = set()
        for part in parts(value):
            if one := self.find(stack, part):
                found.add(one.key)
            elif isinstance(part, dict) and "Fn::Sub" in part:
                names = re.findall(r"\$\{([A-Za-z0-9]+)[.}]", str(part["Fn::Sub"]))
                found |= {stack.resources[name].key for name in names if name in stack.resources}
        return found

    def attributes(self, stack: Stack, value: Any) -> Iterator[tuple[Resource, str]]:
        """Resources and the attributes of them that a value names; ``Ref`` for the reference itself."""
        for part in parts(value):
            match part:
                case {"Ref": str(name)} if name in stack.resources:
                    yield stack.resources[name], "Ref"
                case {"Fn::GetAtt": [str(name), str(attribute)]} if name in stack.resources:
                    yield stack.resources[name], attribute
                case {"Fn::ImportValue": export} if found := self._exports.get(self.text(stack, export)):
                    yield from self.attributes(*found)

    def text(self, stack: Stack, value: Any) -> str:  # noqa: PLR0911 -- a case for each function of templates
        match value:
            case str() | int() | float():
                return str(value)
            case {"Ref": str(name)}:
                return self._ref(stack, name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._attribute(stack, name, attribute)
            case {"Fn::Join": [str(separator), list(items)]}:
                return separator.join(self.text(stack, one) for one in items)
            case {"Fn::ImportValue": export}:
                found = self._exports.get(self.text(stack, export))
                return self.text(*found) if found else f"<import {export}>"
            case {"Fn::Sub": str(pattern)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._sub(stack, found.group(1)), pattern)
            case {"Fn::Select": [index, {"Fn::Split": [str(separator), inner]}]}:
                pieces = self.text(stack, inner).split(separator)
                return pieces[int(index)] if int(index) < len(pieces) else "<select>"
        return f"<{json.dumps(value, sort_keys=True)}>"

    @cached_property
    def refused_regions(self) -> set[str]:
        """Regions in which a rule of a template refuses to have its stack, and with it those that come after."""
        refused = set()
        for stack in self.stacks.values():
            for rule in stack.template.get("Rules", {}).values():
                for assertion in rule["Assertions"]:
                    match assertion["Assert"]:
                        case {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, str(region)]}]}:
                            refused.add(region)
        return refused

    def arn(self, resource: Resource) -> str:
        pattern = _ARNS.get(resource.type, "arn:aws:unknown:{r}:{a}:{n}")
        return pattern.format(r=resource.stack.region, a=ACCOUNT, n=self.name(resource))

    def name(self, resource: Resource) -> str:
        """The physical name, or the logical id where AWS makes one up."""
        if resource.type == "AWS::Lambda::Alias":
            function = self.text(resource.stack, resource.properties["FunctionName"])
            return f"{function}:{resource.properties['Name']}"
        name = self.text(resource.stack, resource.name_value) if resource.name_value else resource.id
        if resource.type == "AWS::Events::Rule" and (bus := resource.properties.get("EventBusName")):
            return f"{self.text(resource.stack, bus)}/{name}"
        return name

    @cached_property
    def _exports(self) -> dict[str, tuple[Stack, Any]]:
        return {
            self.text(stack, output["Export"]["Name"]): (stack, output["Value"])
            for stack in self.stacks.values()
            for output in stack.template.get("Outputs", {}).values()
            if "Export" in output
        }

    def _ref(self, stack: Stack, name: str) -> str:
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": stack.region,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
        }
        if name in pseudo:
            return pseudo[name]
        resource = stack.resources.get(name)
        if resource is None:
            return f"<{name}>"
        return self.arn(resource) if resource.type in _REF_IS_ARN else self.name(resource)

    def _attribute(self, stack: Stack, name: str, attribute: str) -> str:
        resource = stack.resources.get(name)
        if resource is None:
            return f"<{name}.{attribute}>"
        if attribute.lower() in {"arn", "backupvaultarn", "dbclusterarn", "topicarn"} or (
            attribute == "Id" and resource.type == "AWS::SecretsManager::Secret"
        ):
            return self.arn(resource)
        if attribute == "StreamArn":
            return f"{self.arn(resource)}/stream/2026-01-01T00:00:00.000"
        if attribute in {"QueueName", "BackupVaultName", "TopicName"}:
            return self.name(resource)
        if attribute == "MasterUserSecret.SecretArn":
            return f"arn:aws:secretsmanager:{stack.region}:{ACCOUNT}:secret:rds!{resource.id}-AbCdEf"
        return f"<{name}.{attribute}>"

    def _sub(self, stack: Stack, name: str) -> str:
        if "." in name:
            resource, _, attribute = name.partition(".")
            return self._attribute(stack, resource, attribute)
        return self._ref(stack, name)


def parts(value: Any) -> Iterator[Any]:
    """A value and everything within it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(inner)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def read(folder: Path) -> Templates:
    """A stage's assembly, such as ``cdk.out/assembly-prod``."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    found = {key: body for key, body in artifacts.items() if body["type"] == "aws:cloudformation:stack"}
    names = {key: body["properties"].get("stackName", key) for key, body in found.items()}
    stacks = {
        names[key]: Stack(
            name=names[key],
            region=_region(body["environment"]),
            template=json.loads((folder / body["properties"]["templateFile"]).read_text()),
            depends_on=[names[other] for other in body.get("dependencies", []) if other in names],
        )
        for key, body in found.items()
    }
    return Templates(folder.name.removeprefix("assembly-"), stacks)


def _region(environment: str) -> str:
    region = environment.rpartition("/")[2]
    return MAIN_REGION if region == "unknown-region" else region
