from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.aws.signed import AwsSettings, Credentials, sign
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
