"""The calls that a function's code makes against what its role allows, and inside the VPC against the ways out of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts.aws_gate import calls
from scripts.aws_gate.finding import Finding
from scripts.aws_gate.order import is_custom
from scripts.aws_gate.roles import policies_of_roles
from scripts.aws_gate.templates import as_list, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from scripts.aws_gate.reference import Reference
    from scripts.aws_gate.templates import Resource, Templates

MISSING, UNNEEDED, KEY, REACH, BAN = "missing", "unneeded", "key", "reach", "ban"
# What the Lambda service does in the function's name.
_OF_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
_OF_STREAMS = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
_OF_NETWORKS = {
    "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
}  # fmt: skip
_BUCKET_KEY = "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID"
# Where a resource names the key that encrypts it, and by which service the key is then used.
_KEYS = {
    "AWS::DynamoDB::Table": ("SSESpecification.KMSMasterKeyId", "dynamodb"),
    "AWS::S3::Bucket": (
        _BUCKET_KEY,
        "s3",
    ),
    "AWS::SecretsManager::Secret": ("KmsKeyId", "secretsmanager"),
    "AWS::SNS::Topic": ("KmsMasterKeyId", "sns"),
}
_WRITING = re.compile(r":(Put|Publish|Update|Create)")
# Services by the names of their endpoints, where those differ from IAM's prefix.
_ENDPOINTS = {"cloudwatch": "monitoring"}
_URL = re.compile(r"https://([a-z-]+)\.[a-z0-9-]+\.amazonaws\.com/")
# The names of settings that are compared, never called.
_COMPARED = re.compile(r"ISSUER")
BANS = {
    "cognito-idp": (
        "AWS::Cognito::UserPoolDomain",
        "a user pool that has a domain refuses every request through PrivateLink",
        "bring what is asked of Cognito another way: a function outside the VPC, and a gateway endpoint",
    )
}


@dataclass(frozen=True)
class Function:
    resource: Resource
    folder: str
    policies: list[Resource]
    made: frozenset[calls.Made]

    def statements(self) -> Iterator[tuple[Resource, dict[str, Any]]]:
        for policy in self.policies:
            for statement in policy.properties["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    yield policy, statement

    def allowed(self) -> set[str]:
        return {action for _, one in self.statements() for action in as_list(one["Action"])}


def functions(templates: Templates, root: Path) -> Iterator[Function]:
    """Those whose handler is a module of ``functions/``."""
    by_role = policies_of_roles(templates)
    for one in templates.all("AWS::Lambda::Function"):
        match = re.fullmatch(r"functions\.(\w+)\.handler\.handler", str(one.properties.get("Handler")))
        role = templates.find(one.stack, one.properties["Role"])
        if match and role:
            folder = match.group(1)
            yield Function(one, folder, by_role[role.key], calls.made(root, folder))


def findings(templates: Templates, reference: Reference, found: list[Function]) -> Iterator[Finding]:
    for function in found:
        yield from _missing(function)
        yield from _unneeded(templates, reference, function)
        yield from _keys(templates, function)
        if "VpcConfig" in function.resource.properties:
            yield from _unreachable(templates, function)


def _missing(function: Function) -> Iterator[Finding]:
    allowed = function.allowed()
    for action, places in calls.by_action(function.made).items():
        if action not in allowed:
            yield Finding(
                *function.resource.key, MISSING, action,
                f"functions/{function.folder} may call {action} ({places[0]}), which its role doesn't allow",
                "allow it on what it is called with",
            )  # fmt: skip


def _unneeded(templates: Templates, reference: Reference, function: Function) -> Iterator[Finding]:
    resource = function.resource
    needed = {one.action for one in function.made} | _OF_LAMBDA
    for action in sorted(needed):
        for one in ((reference.action(action) or {}).get("resource_types") or {}).values():
            needed |= set(one["dependent_actions"])
    if "DeadLetterConfig" in resource.properties:
        needed.add("sqs:SendMessage")
    if "VpcConfig" in resource.properties:
        needed |= _OF_NETWORKS
    if any(
        resource.key in templates.references(one.stack, one.properties)
        for one in templates.all("AWS::Lambda::EventSourceMapping")
    ):
        needed |= _OF_STREAMS
    services = {action.partition(":")[0] for action in needed}
    for policy, statement in function.statements():
        via = _via(templates, policy, statement)
        for action in as_list(statement["Action"]):
            through_key = action.startswith("kms:") and via and via <= services
            if action not in needed and not through_key:
                yield Finding(
                    *resource.key, UNNEEDED, action,
                    f"its role allows {action}, which functions/{function.folder} never calls",
                    "take it out of the role",
                )  # fmt: skip


def _keys(templates: Templates, function: Function) -> Iterator[Finding]:
    """What lies under a key of ours is read and written by whoever may use that key through the service."""
    allowed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for policy, statement in function.statements():
        for service in _via(templates, policy, statement):
            for arn in as_list(statement["Resource"]):
                allowed[service, templates.text(policy.stack, arn)] |= set(as_list(statement["Action"]))
    for policy, statement in function.statements():
        for value in as_list(statement["Resource"]):
            for part in parts(value):
                owner = templates.find(policy.stack, part)
                path, service = _KEYS.get(owner.type, ("", "")) if owner else ("", "")
                key = _dig(owner.properties, path) if owner and path else None
                if owner is None or key is None:
                    continue
                arn = templates.text(owner.stack, key)
                data = [
                    one
                    for one in as_list(statement["Action"])
                    if not re.search(r":(List|Describe|GetBucket|GetTopic)", one)
                ]
                if not data:
                    continue
                wanted = {"kms:GenerateDataKey" if _WRITING.search(one) else "kms:Decrypt" for one in data}
                for action in sorted(wanted - allowed[service, arn]):
                    yield Finding(
                        *function.resource.key, KEY, f"{action} for {owner.id}",
                        f"{owner.id} is encrypted under a key that functions/{function.folder} may not use by {action}",
                        f"allow {action} on that key through {service}",
                    )  # fmt: skip


def _unreachable(templates: Templates, function: Function) -> Iterator[Finding]:
    key, folder = function.resource.key, function.folder
    ways = _ways_out(templates)
    asked = {action.partition(":")[0] for action in calls.by_action(function.made)}
    wanted = {_ENDPOINTS.get(service, service): f"functions/{folder} calls {service}" for service in asked}
    variables = function.resource.properties.get("Environment", {}).get("Variables", {})
    for name, value in variables.items():
        for host in _URL.findall(templates.text(function.resource.stack, value) + "/"):
            if not _COMPARED.search(name):
                wanted[host] = f"functions/{folder} is given an address of {host} ({name})"
    if any(
        is_custom(one) and templates.find(one.stack, one.properties.get("ServiceToken")) is function.resource
        for one in templates.all()
    ):
        wanted.setdefault("s3", f"functions/{folder} answers CloudFormation through S3")
    for service, why in sorted(wanted.items()):
        if service not in ways:
            yield Finding(
                *key,
                REACH,
                service,
                f"{why}, but its VPC has no way to {service}",
                f"an endpoint for {service}, or out of the VPC",
            )
        kind, problem, mend = BANS.get(service, ("", "", ""))
        if kind and any(templates.all(kind)):
            yield Finding(*key, BAN, service, f"{why}, from a VPC: {problem}", mend)


def _ways_out(templates: Templates) -> set[str]:
    names = (templates.text(one.stack, one.properties["ServiceName"]) for one in templates.all("AWS::EC2::VPCEndpoint"))
    return {name.rpartition(".")[2] for name in names}


def _via(templates: Templates, policy: Resource, statement: dict[str, Any]) -> set[str]:
    value = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService")
    return {templates.text(policy.stack, one).partition(".")[0] for one in as_list(value)}


def _dig(properties: Any, path: str) -> Any:
    for part in path.split("."):
        properties = properties[0] if isinstance(properties, list) and properties else properties
        properties = properties.get(part) if isinstance(properties, dict) else None
    return properties
