from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.constructs.people import ON_PEOPLE
from infra.stages import LocalServers, Mail, local
from local.stacks import MAIL_DOMAIN
from shared.accounts.model import TEMPORARY_PASSWORD_LIFETIME
from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly


def statements(assembly: Assembly, stage: str, action: str) -> list[dict[str, Any]]:
    """Of all policies, those that allow it."""
    return [
        statement
        for _, policy in assembly.of_type(stage, "AWS::IAM::ManagedPolicy")
        for statement in policy.properties["PolicyDocument"]["Statement"]
        if action in ([one] if isinstance(one := statement["Action"], str) else one)
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_one_function_alone_changes_people_in_the_pool(assembly: Assembly, stage: str) -> None:
    for action in ON_PEOPLE:
        [statement] = statements(assembly, stage, action)
        assert "UserPool" in json.dumps(statement["Resource"]) or "People" in json.dumps(statement["Resource"])


@pytest.mark.parametrize("stage", STAGES)
def test_temporary_passwords_live_as_long_as_the_mail_says(assembly: Assembly, stage: str) -> None:
    [(_, pool)] = assembly.of_type(stage, "AWS::Cognito::UserPool")
    days = pool.properties["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    assert timedelta(days=days) == TEMPORARY_PASSWORD_LIFETIME


def test_mails_come_from_the_stages_sender_and_no_other(assembly: Assembly) -> None:
    [(_, pool)] = assembly.of_type("local", "AWS::Cognito::UserPool")
    [statement] = statements(assembly, "local", "ses:SendEmail")
    assert pool.properties["EmailConfiguration"]["From"] == "P09 <no-reply@p09.localhost>"
    assert pool.properties["EmailConfiguration"]["EmailSendingAccount"] == "DEVELOPER"
    assert statement["Condition"] == {"StringEquals": {"ses:FromAddress": "no-reply@p09.localhost"}}
    assert "identity/p09.localhost" in json.dumps(statement["Resource"])


def test_the_local_sender_is_of_the_domain_that_is_verified_here() -> None:
    mail = local(LocalServers()).mail
    assert mail
    assert mail.domain == MAIL_DOMAIN


def test_a_sender_is_written_as_mails_have_it() -> None:
    assert Mail(address="no-reply@p09.example").sender == "P09 <no-reply@p09.example>"
