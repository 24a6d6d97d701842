from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.events.catalogue import CATALOGUE
from shared.incidents.signals import signals_of
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly, Resource, Stack


@pytest.mark.parametrize("stage", STAGES)
def test_every_event_that_is_a_signal_is_brought_to_the_responder_and_no_other(assembly: Assembly, stage: str) -> None:
    stack, function = _responder(assembly, stage)
    patterns = [
        rule.properties["EventPattern"]
        for rule in stack.of_type("AWS::Events::Rule")
        if rule.properties["EventPattern"]["source"] != ["aws.backup"]
        and any(target["Arn"] == {"Fn::GetAtt": [function.logical_id, "Arn"]} for target in rule.properties["Targets"])
    ]
    brought = {
        (source, kind) for pattern in patterns for source in pattern["source"] for kind in pattern["detail-type"]
    }
    mapped = signals_of.__code__.co_names  # the classes that its cases name
    assert brought == {(model.source, name) for name, model in CATALOGUE.items() if name in mapped}


@pytest.mark.parametrize("stage", STAGES)
def test_alarms_come_to_the_responder_and_what_is_undelivered_to_its_queue(assembly: Assembly, stage: str) -> None:
    stack, function = _responder(assembly, stage)
    [subscription] = [
        one.properties
        for _, one in assembly.of_type(stage, "AWS::SNS::Subscription")
        if one.properties["Protocol"] == "lambda"
    ]
    queue = function.properties["DeadLetterConfig"]["TargetArn"]
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": queue}
    assert subscription["Endpoint"] == {"Fn::GetAtt": [function.logical_id, "Arn"]}
    allowed = [one.properties["Principal"] for one in stack.of_type("AWS::Lambda::Permission")
               if one.properties["FunctionName"] == subscription["Endpoint"]]  # fmt: skip
    assert "sns.amazonaws.com" in allowed


def _responder(assembly: Assembly, stage: str) -> tuple[Stack, Resource]:
    name = f"p09-{stage}-incident-responder"
    return next(
        (stack, one)
        for stack, one in assembly.of_type(stage, "AWS::Lambda::Function")
        if one.properties["FunctionName"] == name
    )
