from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


@pytest.mark.parametrize("stage", STAGES)
def test_the_pipelines_client_has_a_secret_and_one_scope_and_no_way_for_people(assembly: Assembly, stage: str) -> None:
    (client,) = [one for one in _clients(assembly, stage) if one["GenerateSecret"]]
    assert client["AllowedOAuthFlows"] == ["client_credentials"]
    assert len(client["AllowedOAuthScopes"]) == 1
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    outputs = str(assembly.stages[stage]["Access"].template.get("Outputs", {}))
    assert "ClientSecret" not in outputs


@pytest.mark.parametrize("stage", STAGES)
def test_no_client_of_the_console_has_a_secret_or_an_implicit_flow(assembly: Assembly, stage: str) -> None:
    for client in _clients(assembly, stage):
        assert "implicit" not in client.get("AllowedOAuthFlows", [])
        if not client["GenerateSecret"]:
            assert "custom:groups" not in client["WriteAttributes"]
            assert client["EnableTokenRevocation"] is True


def test_the_redirect_of_this_machine_comes_back_to_one_address(assembly: Assembly) -> None:
    (client,) = [one for one in _clients(assembly, "local") if one.get("AllowedOAuthFlows") == ["code"]]
    assert client["CallbackURLs"] == ["http://127.0.0.1:8000/signed-in"]
    assert client["LogoutURLs"] == ["http://127.0.0.1:8000/"]
    assert client["AllowedOAuthScopes"] == ["openid"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_pool_asks_the_trigger_before_each_token(assembly: Assembly, stage: str) -> None:
    (pool,) = assembly.stages[stage]["Access"].of_type("AWS::Cognito::UserPool")
    asked = pool.properties["LambdaConfig"]["PreTokenGenerationConfig"]
    assert asked["LambdaVersion"] == "V2_0"
    assert "TokenClaims" in str(asked["LambdaArn"])
    assert pool.properties["UserPoolTier"] == "ESSENTIALS"


def _clients(assembly: Assembly, stage: str) -> list[dict[str, Any]]:
    return [one.properties for one in assembly.stages[stage]["Access"].of_type("AWS::Cognito::UserPoolClient")]
