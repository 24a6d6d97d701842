"""What a failed first deploy leaves behind, and names that two resources would fight for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.templates import MAIN_REGION, NAME_PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scripts.aws_gate.templates import Resource, Templates

RETAINED, NAMED_TWICE, REGION = "retention", "name", "region"
_PROTECTION = {
    "AWS::RDS::DBCluster": "DeletionProtection",
    "AWS::DynamoDB::Table": "DeletionProtectionEnabled",
    "AWS::Cognito::UserPool": "DeletionProtection",
}
# Their names are one in an account (or in the world), whatever the region.
_GLOBAL = ("AWS::IAM::", "AWS::CloudFront::", "AWS::S3::", "AWS::CloudWatch::Dashboard")


def findings(templates: Templates) -> Iterator[Finding]:
    yield from _retained(templates)
    yield from _second_region(templates)


def _retained(templates: Templates) -> Iterator[Finding]:
    for one in templates.all():
        if one.name_value is None:
            continue
        name = templates.name(one)
        policy = one.body.get("DeletionPolicy")
        if policy in {"Retain", "Snapshot"} and not (policy == "Snapshot" and not _PROTECTION.get(one.type)):
            if policy == "Retain":
                yield Finding(
                    one.key[0], one.key[1], RETAINED, "DeletionPolicy",
                    f"{name} outlives a creation that failed: the next attempt meets a name that exists",
                    "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE (DeletionPolicy: RetainExceptOnCreate)",
                )  # fmt: skip
        protection = _PROTECTION.get(one.type)
        if protection and one.properties.get(protection) in {True, "ACTIVE"}:
            yield Finding(
                one.key[0], one.key[1], RETAINED, protection,
                f"{name} is protected from deletion from its first second: a rollback of the first deploy can't remove it",
                "say how a failed first deploy is cleared, beside the exception",
            )  # fmt: skip


def _second_region(templates: Templates) -> Iterator[Finding]:
    """Who deploys assumes the bootstrap's roles in each region that a stack names."""
    regions = {stack.region for stack in templates.stacks.values()}
    allowed = {
        templates.text(one.stack, arn)
        for one in templates.all("AWS::IAM::ManagedPolicy")
        for statement in one.properties["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in str(statement["Action"])
        for arn in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
        if "deploy-role" in templates.text(one.stack, arn)
    }
    stack = next((one.key for one in templates.all("AWS::IAM::ManagedPolicy") if "Delivery" in one.stack.name), None)
    for region in sorted(regions):
        if stack and not any(arn.endswith(f"-{region}") for arn in allowed):
            yield Finding(
                stack[0], stack[1], REGION, region,
                f"the pipeline can't deploy to {region}: it may not assume the bootstrap's roles there",
                "add the roles of every region that a stack of the stage names",
            )  # fmt: skip


def names(stages: Iterable[Templates]) -> Iterator[Finding]:
    """Of all stages together, which may share an account. A stack without a region may come to lie in any."""
    claims: dict[tuple[str, str], list[tuple[Templates, Resource]]] = defaultdict(list)
    for templates in stages:
        for one in templates.all(*NAME_PROPERTIES):
            if one.name_value is not None:
                claims[one.type, templates.name(one)].append((templates, one))
    for (kind, name), owners in claims.items():
        for at, (_, one) in enumerate(owners):
            for _, other in owners[:at]:
                if _could_meet(kind, one, other):
                    yield Finding(
                        one.key[0], one.key[1], NAMED_TWICE, name,
                        f"{kind} {name} has the same name as {other.key[1]} of {other.key[0]}, and may lie in the same region",
                        "another name, or refuse the main region as the second",
                    )  # fmt: skip


def _could_meet(kind: str, one: Resource, other: Resource) -> bool:
    regions = {one.stack.region, other.stack.region}
    return kind.startswith(_GLOBAL) or len(regions) == 1 or MAIN_REGION in regions
