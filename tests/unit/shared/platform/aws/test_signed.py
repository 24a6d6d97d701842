import http.client
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.aws import signed
from shared.platform.aws.signed import AwsRefused, AwsSettings, AwsUnavailable, Credentials, call, sign
from shared.platform.secret import Secret

printable = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(
    secret=printable,
    token=printable | st.just(""),
    payload=st.binary(max_size=200),
    version=st.sampled_from(["1.0", "1.1"]),
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 -- hypothesis wants naive bounds
)
def test_the_signature_is_the_one_that_botocore_makes(
    secret: str, token: str, payload: bytes, version: str, moment: datetime
) -> None:
    now = moment.replace(tzinfo=UTC)
    settings = AwsSettings(
        region="eu-west-1",
        credentials=Credentials(access_key="AK", secret_key=Secret(secret), session_token=Secret(token)),
    )
    host, target = "events.eu-west-1.amazonaws.com", "AWSEvents.PutEvents"

    signed = sign(settings, "events", host, target, payload, now, json_version=version)

    headers = {"content-type": f"application/x-amz-json-{version}", "x-amz-target": target}
    request = AWSRequest("POST", f"https://{host}/", headers, payload)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None))
        SigV4Auth(BotocoreCredentials("AK", secret, token or None), "events", "eu-west-1").add_auth(request)
    assert signed["authorization"] == request.headers["Authorization"]


SETTINGS = AwsSettings(
    region="eu-west-1", credentials=Credentials(access_key="AK", secret_key=Secret("SK"), session_token=Secret(""))
)


def call_answered_with(monkeypatch: pytest.MonkeyPatch, status: int, body: bytes) -> dict[str, Any]:
    monkeypatch.setattr(signed, "_post", lambda *_: (status, body))
    return call(SETTINGS, "dynamodb", "DynamoDB_20120810.GetItem", {})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_services_own_is_no_refusal_and_may_be_tried_again(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with pytest.raises(AwsUnavailable, match=rf"GetItem: {status} .*InternalServerError"):
        call_answered_with(monkeypatch, status, b'{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}')


@pytest.mark.parametrize("status", [301, 400, 403, 404, 413, 499])
def test_any_other_error_is_a_refusal_with_the_services_name_for_it(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with pytest.raises(AwsRefused, match=rf"GetItem: {status} .*not yours") as refused:
        call_answered_with(
            monkeypatch, status, b'{"__type": "com.amazonaws#AccessDeniedException", "message": "not yours"}'
        )
    assert refused.value.code == "AccessDeniedException"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"])
def test_a_refusal_that_is_no_json_has_no_name(monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    with pytest.raises(AwsRefused) as refused:
        call_answered_with(monkeypatch, 403, body)
    assert refused.value.code == ""


@pytest.mark.parametrize(
    "failure", [ConnectionResetError("reset"), TimeoutError("late"), http.client.BadStatusLine("?")]
)
def test_a_service_that_can_not_be_reached_is_unavailable(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*_: object) -> tuple[int, bytes]:
        raise failure

    monkeypatch.setattr(signed, "_post", fail)
    with pytest.raises(AwsUnavailable, match="GetItem"):
        call(SETTINGS, "dynamodb", "DynamoDB_20120810.GetItem", {})


def test_an_answer_is_what_the_service_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call_answered_with(monkeypatch, 200, b'{"Item": {}}') == {"Item": {}}
    assert call_answered_with(monkeypatch, 200, b"") == {}
