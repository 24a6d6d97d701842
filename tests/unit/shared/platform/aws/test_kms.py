import json
from base64 import b64decode, b64encode

import pytest

from shared.platform.aws import kms
from shared.platform.aws import signed as aws
from shared.platform.aws.signed import AwsRefused, AwsSettings, Credentials
from shared.platform.secret import Secret

SETTINGS = AwsSettings(
    region="eu-west-1", credentials=Credentials(access_key="a", secret_key=Secret("b"), session_token=Secret(""))
)


def test_content_is_signed_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def post(_scheme: str, host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        asked.update(json.loads(payload), host=host, target=headers["x-amz-target"])
        return 200, json.dumps({"Signature": b64encode(b"signed").decode()}).encode()

    monkeypatch.setattr(aws, "_post", post)
    assert kms.sign(lambda: SETTINGS, "key", b"content", "ECDSA_SHA_256") == b"signed"
    assert b64decode(str(asked.pop("Message"))) == b"content"
    assert asked == {
        "KeyId": "key", "MessageType": "RAW", "SigningAlgorithm": "ECDSA_SHA_256", "target": "TrentService.Sign",
        "host": "kms.eu-west-1.amazonaws.com",
    }  # fmt: skip


def test_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_post", lambda *_: (400, b'{"__type": "AccessDeniedException"}'))
    with pytest.raises(AwsRefused, match="AccessDenied"):
        kms.sign(lambda: SETTINGS, "key", b"content", "ECDSA_SHA_256")


def test_what_kms_would_not_take_is_not_sent() -> None:
    with pytest.raises(ValueError, match="sign a list of digests"):
        kms.sign(lambda: SETTINGS, "key", b"x" * (kms.MOST_BYTES + 1), "ECDSA_SHA_256")
