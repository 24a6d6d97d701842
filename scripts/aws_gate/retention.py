"""What a failed first deploy leaves behind, and names that two resources would fight for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.templates import MAIN_REGION, NAME_PROPERTIES, as_list

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
        if one.body.get("DeletionPolicy") == "Retain":
            yield Finding(
                *one.key, RETAINED, "DeletionPolicy",
                f"{name} outlives a creation that failed: the next attempt meets a name that exists",
                "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE (DeletionPolicy: RetainExceptOnCreate)",
            )  # fmt: skip
        protection = _PROTECTION.get(one.type, "")
        if one.properties.get(protection) in {True, "ACTIVE"}:
            yield Finding(
                *one.key, RETAINED, protection,
                f"{name} is protected from deletion from its first second: a rollback of its creation can't remove it",
                "a first deploy without protection",
            )  # fmt: skip


def _second_region(templates: Templates) -> Iterator[Finding]:
    """Who deploys assumes the bootstrap's roles in each region that a stack names."""
    regions = {stack.region for stack in templates.stacks.values()}
    for policy in templates.all("AWS::IAM::ManagedPolicy"):
        roles = [
            templates.text(policy.stack, arn)
            for statement in policy.properties["PolicyDocument"]["Statement"]
            if "sts:AssumeRole" in as_list(statement["Action"])
            for arn in as_list(statement["Resource"])
        ]
        deploying = {arn for arn in roles if "-deploy-role-" in arn}
        for region in sorted(regions) if deploying else ():
            if any(arn.endswith(f"-{region}") for arn in deploying):
                continue
            yield Finding(
                *policy.key, REGION, region,
                f"the pipeline can't deploy to {region}: it may not assume the bootstrap's roles there",
                "add the roles of every region that a stack of the stage names",
            )  # fmt: skip


def names(stages: Iterable[Templates]) -> Iterator[Finding]:
    """Of all stages together, which may share an account. A stack without a region may come to lie in any."""
    claims: dict[tuple[str, str], list[tuple[Templates, Resource]]] = defaultdict(list)
    for stage in stages:
        for named in stage.all(*NAME_PROPERTIES):
            if named.name_value is not None:
                claims[named.type, stage.name(named)].append((stage, named))
    for (kind, name), owners in claims.items():
        for at, (templates, one) in enumerate(owners):
            for theirs, other in owners[:at]:
                if _could_meet(kind, one, other, templates.refused_regions | theirs.refused_regions):
                    yield Finding(
                        *one.key, NAMED_TWICE, name,
                        f"{kind} {name} has the same name as {other.key[1]} of {other.key[0]}, and may lie in the same region",
                        "another name, or refuse the main region as the second",
                    )  # fmt: skip


def _could_meet(kind: str, one: Resource, other: Resource, refused: set[str]) -> bool:
    regions = {one.stack.region, other.stack.region}
    named = regions - {MAIN_REGION}
    return kind.startswith(_GLOBAL) or len(regions) == 1 or (MAIN_REGION in regions and not named <= refused)
