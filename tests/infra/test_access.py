from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

AWS_STAGES = [stage for stage in STAGES if stage != "local"]


@pytest.mark.parametrize("stage", STAGES)
def test_anchors_of_the_audit_trail_can_not_be_deleted(assembly: Assembly, stage: str) -> None:
    (bucket,) = assembly.stages[stage]["Access"].of_type("AWS::S3::Bucket")
    assert bucket.properties["ObjectLockEnabled"] is True
    retention = bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": "COMPLIANCE", "Days": 400 if stage == "prod" else 1}
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("stage", STAGES)
def test_credentials_are_ended_each_minute_and_the_trail_is_anchored_each_hour(assembly: Assembly, stage: str) -> None:
    schedules = {
        schedule.properties["Name"]: schedule.properties["ScheduleExpression"]
        for schedule in assembly.stages[stage]["Access"].of_type("AWS::Scheduler::Schedule")
    }
    assert schedules == {
        f"p09-{stage}-audit-anchor-every": "cron(7 * * * ? *)",
        f"p09-{stage}-audit-pending-every": "cron(0/1 * * * ? *)",
        f"p09-{stage}-credential-expiry-every": "cron(0/1 * * * ? *)",
        f"p09-{stage}-credential-reconciliation": "cron(0 0 * * ? *)",
    }


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_logins_rotate_every_ninety_days_and_not_at_a_deploy(assembly: Assembly, stage: str) -> None:
    rotations = assembly.stages[stage]["Access"].of_type("AWS::SecretsManager::RotationSchedule")
    assert len(rotations) == 2
    for rotation in rotations:
        assert rotation.properties["RotationRules"] == {"AutomaticallyAfterDays": 90}
        assert rotation.properties["RotateImmediatelyOnUpdate"] is False


@pytest.mark.parametrize("stage", STAGES)
def test_rotation_changes_the_logins_of_functions_and_no_other_secret(assembly: Assembly, stage: str) -> None:
    (changed,) = [
        statement["Resource"]
        for policy in assembly.stages[stage]["Access"].of_type("AWS::IAM::ManagedPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if "secretsmanager:PutSecretValue" in statement["Action"]
    ]
    assert len(changed) == 2
    text = str(changed)
    assert "ApiSecret" in text
    assert "WorkerSecret" in text
    assert "*" not in text
