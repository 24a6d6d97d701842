"""Each statement of each identity policy against the authorization reference."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.templates import as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.aws_gate.reference import Reference
    from scripts.aws_gate.templates import Resource, Templates

# Lambda fills it in for each request of a function's code, whatever the service.
_EVERYWHERE = {"lambda:sourcefunctionarn"}
UNKNOWN, UNMATCHED, REQUIRED, CONDITION = "action", "resource-type", "required-type", "condition"


def findings(templates: Templates, reference: Reference) -> Iterator[Finding]:
    for policy in templates.all("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        allowed: dict[str, set[str]] = defaultdict(set)
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            arns = {templates.text(policy.stack, one) for one in as_list(statement["Resource"])}
            known = [action for action in as_list(statement["Action"]) if reference.action(action)]
            for action in as_list(statement["Action"]):
                if action not in known:
                    yield Finding(
                        *policy.key, UNKNOWN, action, f"AWS knows no action {action}", "its name in the reference"
                    )
            yield from _conditions(reference, policy, known, statement)
            if statement["Effect"] == "Allow":
                yield from _unmatched(reference, policy, known, arns)
                for action in known:
                    allowed[action] |= arns
        yield from _missing(reference, policy, allowed)


def _unmatched(reference: Reference, policy: Resource, actions: list[str], arns: set[str]) -> Iterator[Finding]:
    """An action that none of the statement's ARNs can be for, an ARN that none of its actions can be about."""
    fits = {
        (action, arn): arn == "*"
        or any(reference.covers(action, name, arn) for name in reference.resource_types(action))
        for action in actions
        for arn in arns
    }
    for action in actions:
        if not any(fits[action, arn] for arn in arns):
            types = " or ".join(sorted(reference.resource_types(action))) or "nothing narrower than *"
            yield Finding(
                *policy.key, UNMATCHED, f"{action} on {min(arns)}",
                f"{action} works on {types}; {', '.join(sorted(arns))} allows it nowhere",
                "the ARN of such a resource, or * where AWS knows none",
            )  # fmt: skip
    for arn in sorted(arns):
        if actions and not any(fits[action, arn] for action in actions):
            yield Finding(
                *policy.key,
                UNMATCHED,
                arn,
                f"no action beside it works on {arn}",
                "take it out, or name it as AWS does",
            )


def _missing(reference: Reference, policy: Resource, allowed: dict[str, set[str]]) -> Iterator[Finding]:
    for action, arns in sorted(allowed.items()):
        for name, required in reference.resource_types(action).items():
            if required and not any(reference.covers(action, name, arn) for arn in arns):
                yield Finding(
                    *policy.key, REQUIRED, f"{action} on {name}",
                    f"{action} always needs a resource of type {name}, and the policy names none",
                    f"allow it on the {name} that it uses",
                )  # fmt: skip


def _conditions(
    reference: Reference, policy: Resource, actions: list[str], statement: dict[str, Any]
) -> Iterator[Finding]:
    keys = {key for test in statement.get("Condition", {}).values() for key in test}
    for action in actions:
        for key in sorted(keys):
            name = key.lower()
            if name in _EVERYWHERE or (name.startswith("aws:") and "tag" not in name):
                continue
            known = reference.condition_keys(action)
            if name not in known and not any(one.endswith("/") and name.startswith(one) for one in known):
                yield Finding(
                    *policy.key, CONDITION, f"{action} if {key}",
                    f"AWS fills in no {key} for {action}: the condition never holds as meant",
                    "a statement without it, or a key of that action",
                )  # fmt: skip
