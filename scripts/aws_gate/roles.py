"""Roles that services take: whether the service may take it, and whether it allows what the service then does."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.policies import principals
from scripts.aws_gate.templates import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.aws_gate.templates import Key, Resource, Templates

TRUST, ROLE = "trust", "role"
_ACTIONS = {
    "AWS::Lambda::Alias": "lambda:InvokeFunction",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::StepFunctions::StateMachine": "states:StartExecution",
}


def policies_of_roles(templates: Templates) -> dict[Key, list[Resource]]:
    found = defaultdict(list)
    for policy in templates.all("AWS::IAM::ManagedPolicy"):
        for value in policy.properties.get("Roles", []):
            if role := templates.find(policy.stack, value):
                found[role.key].append(policy)
    return found


def findings(templates: Templates) -> Iterator[Finding]:
    policies = policies_of_roles(templates)
    for one in templates.all():
        for service, value, targets in _taken(one):
            role = templates.find(one.stack, value)
            if role is None:
                continue
            if not _trusts(templates, role, service):
                yield Finding(*one.key, TRUST, service, f"{service} may not take {role.id}", "let the role trust it")
            found = {target.key: target for target in _resources(templates, one, targets) if target.type in _ACTIONS}
            for target in found.values():
                action, arn = _ACTIONS[target.type], templates.arn(target)
                if not any(_allows(templates, policy, action, arn) for policy in policies[role.key]):
                    yield Finding(
                        *one.key, ROLE, f"{action} on {target.id}",
                        f"{service} takes {role.id}, which may not {action} on {target.id}",
                        f"allow {role.id} to {action} on it",
                    )  # fmt: skip


def _taken(one: Resource) -> Iterator[tuple[str, Any, Any]]:
    """A service, the role that it takes for this resource, and what it does something to by it."""
    body = one.properties
    match one.type:
        case "AWS::Scheduler::Schedule":
            target = body["Target"]
            yield "scheduler.amazonaws.com", target["RoleArn"], [target["Arn"], target.get("DeadLetterConfig")]
        case "AWS::StepFunctions::StateMachine":
            yield "states.amazonaws.com", body["RoleArn"], body.get("DefinitionString")
        case "AWS::Lambda::Function":
            yield "lambda.amazonaws.com", body["Role"], body.get("DeadLetterConfig")
        case "AWS::Events::Rule":
            for target in body.get("Targets", []):
                yield "events.amazonaws.com", target.get("RoleArn"), target["Arn"]


def _resources(templates: Templates, one: Resource, value: Any) -> Iterator[Resource]:
    for stack, name in templates.references(one.stack, value):
        yield templates.stacks[stack].resources[name]


def _trusts(templates: Templates, role: Resource, service: str) -> bool:
    statements = as_list(role.properties["AssumeRolePolicyDocument"]["Statement"])
    return any(service in principals(templates, role.stack, one) for one in statements if one["Effect"] == "Allow")


def _allows(templates: Templates, policy: Resource, action: str, arn: str) -> bool:
    return any(
        action in as_list(one["Action"])
        and any(fnmatchcase(arn, templates.text(policy.stack, pattern)) for pattern in as_list(one["Resource"]))
        for one in as_list(policy.properties["PolicyDocument"]["Statement"])
        if one["Effect"] == "Allow"
    )
