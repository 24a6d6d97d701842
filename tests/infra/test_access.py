from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.runbook.load import the_runbook
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

AWS_STAGES = [stage for stage in STAGES if stage != "local"]
LOGINS = tuple(f"postgres-{role}" for role in ("api", "collect", "query", "worker", "backup"))


@pytest.mark.parametrize("stage", STAGES)
def test_anchors_of_the_audit_trail_can_not_be_deleted(assembly: Assembly, stage: str) -> None:
    (bucket,) = assembly.stages[stage]["Access"].of_type("AWS::S3::Bucket")
    assert bucket.properties["ObjectLockEnabled"] is True
    retention = bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": "COMPLIANCE", "Days": 400 if stage == "prod" else 1}
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("stage", STAGES)
def test_credentials_end_and_keys_are_brought_within_minutes_and_the_trail_is_anchored_each_hour(
    assembly: Assembly, stage: str
) -> None:
    schedules = {
        schedule.properties["Name"]: schedule.properties["ScheduleExpression"]
        for schedule in assembly.stages[stage]["Access"].of_type("AWS::Scheduler::Schedule")
    }
    assert schedules == {
        f"p09-{stage}-audit-anchor-every": "cron(7 * * * ? *)",
        f"p09-{stage}-audit-pending-every": "cron(0/1 * * * ? *)",
        f"p09-{stage}-credential-expiry-every": "cron(0/1 * * * ? *)",
        f"p09-{stage}-signing-keys-every": "cron(0/5 * * * ? *)",
        f"p09-{stage}-credential-reconciliation": "cron(0 0 * * ? *)",
    }


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_logins_rotate_every_ninety_days_and_not_at_a_deploy(assembly: Assembly, stage: str) -> None:
    rotations = assembly.stages[stage]["Access"].of_type("AWS::SecretsManager::RotationSchedule")
    assert {rotation.properties["SecretId"] for rotation in rotations} == {
        f"p09-{stage}-{name}" for name in (*LOGINS, "valkey", "canary")
    }
    for rotation in rotations:
        assert rotation.properties["RotationRules"] == {"AutomaticallyAfterDays": 90}
        assert rotation.properties["RotateImmediatelyOnUpdate"] is False


@pytest.mark.parametrize("stage", STAGES)
def test_rotation_changes_what_the_runbook_has_it_rotate_and_no_other_secret(assembly: Assembly, stage: str) -> None:
    (changed,) = [
        statement["Resource"]
        for policy in assembly.stages[stage]["Access"].of_type("AWS::IAM::ManagedPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if "secretsmanager:PutSecretValue" in statement["Action"]
    ]
    ends = [str(one["Fn::Join"][1][-1]).removeprefix(":secret:") for one in changed]
    rotated = (*LOGINS, "valkey", "canary", "webhooks")
    assert sorted(ends) == sorted(f"p09-{stage}-{name}-??????" for name in rotated)


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_every_secret_of_a_stage_is_in_the_runbook(assembly: Assembly, stage: str) -> None:
    """So that it has a rotation, or a reason why not."""
    known = {name for name, one in the_runbook().secrets.items() if one.stored}
    made = {secret.properties["Name"] for _, secret in assembly.of_type(stage, "AWS::SecretsManager::Secret")}
    assert made == {f"p09-{stage}-{name}" for name in known}


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
