import pytest

from functions.token_claims.answer import answer
from shared.identity.identity import ROLES
from shared.identity.token_claims import name_of, roles_of

BY_SSO = {"cognito:user_status": "EXTERNAL_PROVIDER"}
BY_PASSWORD = {"cognito:user_status": "CONFIRMED"}


@pytest.mark.parametrize(
    ("said", "roles"),
    [
        ("P09-SRE", ["P09-SRE"]),
        ("[P09-SRE, P09-DBA]", ["P09-DBA", "P09-SRE"]),
        ("[Everybody,P09-Lead,VPN]", ["P09-Lead"]),
        ("P09-SRE,P09-SRE", ["P09-SRE"]),
        ("[]", []),
        ("", []),
        ("p09-sre", []),
        ("P09-SRE-Trainee", []),
        ("xP09-SRE", []),
        ('["P09-SRE"]', []),
        ("[[P09-SRE]]", []),
        ("us-east-1_pool_SSO", []),
    ],
)
def test_who_came_by_sso_has_the_roles_that_the_directory_says_and_no_others(said: str, roles: list[str]) -> None:
    assert roles_of({**BY_SSO, "custom:groups": said}, ["P09-Auditor"]) == roles


@pytest.mark.parametrize("status", [BY_PASSWORD, {}, {"cognito:user_status": "external_provider"}])
def test_who_has_a_password_has_the_pools_groups_whatever_the_attribute_says(status: dict[str, str]) -> None:
    attributes = {**status, "custom:groups": "P09-Lead"}
    assert roles_of(attributes, ["P09-SRE", "somebody's own"]) == ["P09-SRE"]
    assert roles_of(attributes, []) == []


def test_only_the_five_roles_ever_arise() -> None:
    assert set(roles_of(BY_PASSWORD, [*ROLES, "P09-Root", "P09-"])) == ROLES


def test_a_name_is_an_address_that_somebody_vouches_for() -> None:
    assert name_of({**BY_PASSWORD, "email": "ada@example.com", "email_verified": "true"}) == "ada@example.com"
    assert name_of({**BY_SSO, "email": "ada@example.com"}) == "ada@example.com"
    assert name_of({**BY_PASSWORD, "email": "lead@example.com", "email_verified": "false"}) is None
    assert name_of({**BY_PASSWORD, "email": "lead@example.com"}) is None
    assert name_of(BY_SSO) is None


def test_the_trigger_answers_in_the_form_of_its_second_version() -> None:
    asked = {
        "userAttributes": {**BY_SSO, "email": "ada@example.com", "custom:groups": "[P09-SRE, Staff]"},
        "groupConfiguration": {"groupsToOverride": ["pool_SSO"], "iamRolesToOverride": [], "preferredRole": None},
        "scopes": ["openid"],
    }
    assert answer(asked) == {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {"claimsToAddOrOverride": {"p09_name": "ada@example.com"}},
            "groupOverrideDetails": {"groupsToOverride": ["P09-SRE"]},
        }
    }


def test_who_has_no_name_and_no_groups_is_told_so() -> None:
    asked = {"userAttributes": BY_PASSWORD, "groupConfiguration": {"groupsToOverride": None}}
    assert answer(asked) == {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {},
            "groupOverrideDetails": {"groupsToOverride": []},
        }
    }
