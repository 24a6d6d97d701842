"""Signatures by a key that never leaves KMS."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256

from shared.platform.aws import AwsSettings, call


def sign(settings: Callable[[], AwsSettings], key: str, content: bytes, algorithm: str) -> bytes:
    """Sign content of any size, by its SHA-256. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    body = {
        "KeyId": key, "Message": b64encode(sha256(content).digest()).decode(), "MessageType": "DIGEST",
        "SigningAlgorithm": algorithm,
    }  # fmt: skip
    return b64decode(call(settings(), "kms", "TrentService.Sign", body)["Signature"])
