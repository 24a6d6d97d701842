"""Requests to Cognito and SES, held against the services' own models."""

from collections.abc import Iterator
from typing import Any, Final

import boto3
import pytest
from botocore.stub import Stubber

from shared.accounts.carry_out import Impossible, PoolUser
from shared.accounts.cognito import CognitoPool
from shared.accounts.mail import Mail
from shared.accounts.message import Message

ADA: Final = "ada@example.com"
OF_ADA: Final = {"UserPoolId": "us-east-1_Pool", "Username": ADA}
MESSAGE: Final = Message(subject="Hello", text="as text", html="<p>as HTML</p>")
SECRET: Final = "Temporary-1"


def stubbed(service: str, into: Any) -> Stubber:
    client: Any = boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    into.__dict__["_client"] = client
    return Stubber(client)


@pytest.fixture
def pool() -> CognitoPool:
    return CognitoPool("us-east-1_Pool")


@pytest.fixture
def cognito(pool: CognitoPool) -> Iterator[Stubber]:
    with stubbed("cognito-idp", pool) as stub:
        yield stub
        stub.assert_no_pending_responses()


def test_somebody_is_found_by_their_address_or_not_there(pool: CognitoPool, cognito: Stubber) -> None:
    attributes = [{"Name": "sub", "Value": "7"}]
    found = {"Username": "7", "UserAttributes": attributes, "UserStatus": "FORCE_CHANGE_PASSWORD"}
    cognito.add_response("admin_get_user", found, OF_ADA)
    cognito.add_client_error("admin_get_user", "UserNotFoundException")
    assert pool.find(ADA) == PoolUser(subject="7", is_new=True)
    assert pool.find(ADA) is None


def test_somebody_new_has_a_vouched_address_and_no_mail_of_cognitos(pool: CognitoPool, cognito: Stubber) -> None:
    attributes = {"email": ADA, "email_verified": "true", "name": "Ada"}
    expected = {
        **OF_ADA, "TemporaryPassword": SECRET, "MessageAction": "SUPPRESS",
        "UserAttributes": [{"Name": key, "Value": value} for key, value in attributes.items()],
    }  # fmt: skip
    cognito.add_response("admin_create_user", {"User": {"Attributes": [{"Name": "sub", "Value": "7"}]}}, expected)
    assert pool.create(ADA, "Ada", SECRET).subject == "7"


def test_roles_are_given_and_taken_until_they_are_as_asked(pool: CognitoPool, cognito: Stubber) -> None:
    groups = [{"GroupName": "P09-DBA"}, {"GroupName": "P09-SRE"}]
    cognito.add_response("admin_list_groups_for_user", {"Groups": groups}, OF_ADA)
    cognito.add_response("admin_add_user_to_group", {}, {**OF_ADA, "GroupName": "P09-Lead"})
    cognito.add_response("admin_remove_user_from_group", {}, {**OF_ADA, "GroupName": "P09-DBA"})
    pool.set_roles(ADA, ("P09-SRE", "P09-Lead"))


def test_who_is_disabled_is_signed_out_everywhere(pool: CognitoPool, cognito: Stubber) -> None:
    cognito.add_response("admin_disable_user", {}, OF_ADA)
    cognito.add_response("admin_user_global_sign_out", {}, OF_ADA)
    cognito.add_response("admin_enable_user", {}, OF_ADA)
    pool.disable(ADA)
    pool.enable(ADA)


def test_what_cognito_refuses_for_good_says_why(pool: CognitoPool, cognito: Stubber) -> None:
    why = "User account can't be disabled"
    cognito.add_client_error("admin_disable_user", "InvalidParameterException", why)
    with pytest.raises(Impossible, match=why):
        pool.disable(ADA)


def test_a_mail_has_a_sender_and_both_parts() -> None:
    mail = Mail("P09 <no-reply@p09.example>")
    body = {
        "Text": {"Data": MESSAGE.text, "Charset": "UTF-8"},
        "Html": {"Data": MESSAGE.html, "Charset": "UTF-8"},
    }
    expected = {
        "FromEmailAddress": "P09 <no-reply@p09.example>",
        "Destination": {"ToAddresses": [ADA]},
        "Content": {"Simple": {"Subject": {"Data": "Hello", "Charset": "UTF-8"}, "Body": body}},
    }
    with stubbed("sesv2", mail) as stub:
        stub.add_response("send_email", {"MessageId": "1"}, expected)
        stub.add_client_error("send_email", "MessageRejected", "Email address is not verified")
        mail.send(ADA, MESSAGE)
        with pytest.raises(Impossible, match="not verified"):
            mail.send(ADA, MESSAGE)


def test_without_a_sender_no_mail_is_sent_and_it_says_what_to_do() -> None:
    with pytest.raises(Impossible, match=r"infra/stages\.py"):
        Mail("").send(ADA, MESSAGE)
