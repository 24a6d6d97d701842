from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from scripts.p09 import aws
from scripts.p09.main import app
from scripts.p09.preflight import Account, Check, Needs, passes

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS = Needs(reserved=420, region="eu-central-1", copy_region="eu-west-1")
RUNNER = CliRunner()


class StubbedAccount:
    """Clients of botocore itself, which hold requests and answers against AWS' own models."""

    def __init__(self) -> None:
        self._stubs: dict[tuple[str, str], Stubber] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        key = service, region
        if key not in self._clients:
            self._clients[key] = boto3.client(
                service, region_name=region, aws_access_key_id="x", aws_secret_access_key="x"
            )
            self._stubs[key] = Stubber(self._clients[key])
            self._stubs[key].activate()
        return self._clients[key]

    def stub(self, service: str, region: str = "eu-central-1") -> Stubber:
        self.client(service, region)
        return self._stubs[service, region]


@pytest.fixture
def account() -> Iterator[StubbedAccount]:
    found = StubbedAccount()
    yield found
    for stub in found._stubs.values():
        stub.assert_no_pending_responses()


def ready(
    account: StubbedAccount, *, unreserved: int = 1000, vpcs: int = 1, bootstrapped: bool = True, opted_in: bool = True,
    linked: bool = True, mails: bool = True,
) -> None:  # fmt: skip
    """An account that has everything, but for what is said."""
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": unreserved}
    account.stub("lambda").add_response("get_account_settings", {"AccountLimit": limits})
    account.stub("ec2").add_response("describe_vpcs", {"Vpcs": [{"VpcId": f"vpc-{n}"} for n in range(vpcs)]})
    quotas = account.stub("service-quotas")
    for service, code, value in (("vpc", "L-F678F1CE", 5.0), ("vpc", "L-29B6F2EB", 50.0)):
        quotas.add_response(
            "get_service_quota", {"Quota": {"Value": value}}, {"ServiceCode": service, "QuotaCode": code}
        )
    # One that was never changed has only its default.
    quotas.add_client_error("get_service_quota", "NoSuchResourceException")
    quotas.add_response("get_aws_default_service_quota", {"Quota": {"Value": 5.0}})
    quotas.add_response("get_service_quota", {"Quota": {"Value": 40.0}})
    account.stub("rds").add_response("describe_db_clusters", {"DBClusters": []})
    for region in ("eu-central-1", "eu-west-1"):
        if bootstrapped or region == "eu-central-1":
            outputs = [{"OutputKey": "BootstrapVersion", "OutputValue": "30"}]
            stack = {
                "StackName": "CDKToolkit",
                "CreationTime": "2026-01-01",
                "StackStatus": "UPDATE_COMPLETE",
                "Outputs": outputs,
            }
            account.stub("cloudformation", region).add_response("describe_stacks", {"Stacks": [stack]})
        else:
            account.stub("cloudformation", region).add_client_error("describe_stacks", "ValidationError")
        preferences = {"Aurora": opted_in, "DynamoDB": opted_in}
        account.stub("backup", region).add_response(
            "describe_region_settings",
            {"ResourceTypeOptInPreference": preferences, "ResourceTypeManagementPreference": {"DynamoDB": opted_in}},
        )
    iam = account.stub("iam", "us-east-1")
    for role in ("RDS", "ElastiCache", "Backup"):
        if linked:
            found = {
                "Path": "/", "RoleName": role, "RoleId": "AROAAAAAAAAAAAAAAAAA", "Arn": f"arn:aws:iam::111122223333:role/{role}",
                "CreateDate": "2026-01-01",
            }  # fmt: skip
            iam.add_response("get_role", {"Role": found}, {"RoleName": f"AWSServiceRoleFor{role}"})
        else:
            iam.add_client_error("get_role", "NoSuchEntity")
    provider = {"Arn": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}
    iam.add_response("list_open_id_connect_providers", {"OpenIDConnectProviderList": [provider]})
    account.stub("sesv2").add_response("get_account", {"ProductionAccessEnabled": mails})


def checks(account: StubbedAccount) -> dict[str, Check]:
    return {one.what: one for one in Account(account.client).checks(NEEDS)}


def test_an_account_that_has_everything_is_ready(account: StubbedAccount) -> None:
    ready(account)
    found = checks(account)
    assert {one.outcome for one in found.values()} == {"ok"}
    assert passes(found.values())


def test_a_new_accounts_concurrency_is_too_small_and_the_row_says_how_to_raise_it(account: StubbedAccount) -> None:
    ready(account, unreserved=10)
    found = checks(account)["Lambda concurrency (L-B99A9384)"]
    assert (found.outcome, found.found) == ("fail", "10 unreserved of 1000")
    assert "--quota-code L-B99A9384 --desired-value 1510" in found.mend


def test_a_region_full_of_networks_has_no_room_for_another(account: StubbedAccount) -> None:
    ready(account, vpcs=5)
    assert checks(account)["VPCs of a region (L-F678F1CE)"].outcome == "fail"


def test_the_second_region_has_to_be_bootstrapped_too(account: StubbedAccount) -> None:
    ready(account, bootstrapped=False)
    found = checks(account)
    assert found["CDK bootstrap in eu-central-1"].outcome == "ok"
    assert found["CDK bootstrap in eu-west-1"].mend == "cdk bootstrap aws://ACCOUNT/eu-west-1"
    assert not passes(found.values())


def test_backups_that_are_not_opted_in_to_stop_a_deploy(account: StubbedAccount) -> None:
    ready(account, opted_in=False)
    found = [one for one in checks(account).values() if one.what.startswith("AWS Backup")]
    assert [one.outcome for one in found] == ["fail"] * 6


def test_what_a_deploy_makes_itself_or_can_do_without_is_a_warning(account: StubbedAccount) -> None:
    ready(account, linked=False, mails=False)
    found = checks(account)
    assert {one.what for one in found.values() if one.outcome == "warn"} == {
        "AWSServiceRoleForRDS", "AWSServiceRoleForElastiCache", "AWSServiceRoleForBackup", "SES in eu-central-1",
    }  # fmt: skip
    assert passes(found.values())


def test_one_missing_permission_hides_no_other_check_and_passes_for_nothing(account: StubbedAccount) -> None:
    account.stub("lambda").add_client_error("get_account_settings", "AccessDeniedException")
    other = StubbedAccount()
    ready(other)
    found = {
        one.what: one
        for one in Account(lambda *key: account.client(*key) if key[0] == "lambda" else other.client(*key)).checks(
            NEEDS
        )
    }
    assert found["Lambda concurrency"].outcome == "unknown"
    assert found["SES in eu-central-1"].outcome == "ok"
    assert not passes(found.values())


def preflight(*more: str) -> Any:
    options = ["--stage", "prod", "--region", "eu-central-1", "--copy-region", "eu-west-1"]
    return RUNNER.invoke(app, ["aws", "preflight", *options, *more])


def test_the_command_prints_a_table_with_what_to_do_and_ends_by_it(
    account: StubbedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(account, unreserved=10)
    monkeypatch.setattr(aws, "_client", account.client)
    answer = preflight()
    assert answer.exit_code == 1
    assert answer.output.splitlines()[0].split() == ["outcome", "what", "found", "needed"]
    assert "→ aws service-quotas request-service-quota-increase" in answer.output
    assert answer.output.splitlines()[-1] == "1 to do before the first deploy"


def test_programs_read_json_and_an_account_that_is_ready_ends_well(
    account: StubbedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(account)
    monkeypatch.setattr(aws, "_client", account.client)
    answer = preflight("--json")
    assert answer.exit_code == 0
    assert {one["outcome"] for one in json.loads(answer.output)} == {"ok"}


def test_copies_beside_the_original_are_refused_before_anything_is_asked() -> None:
    answer = preflight("--copy-region", "eu-central-1")
    assert answer.exit_code == 2
    assert "another region" in answer.output
