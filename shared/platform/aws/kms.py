"""Signatures by a key that never leaves KMS."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Final

from shared.platform.aws.signed import AwsSettings, call

MOST_BYTES: Final = 4096


def sign(settings: Callable[[], AwsSettings], key: str, content: bytes, algorithm: str) -> bytes:
    """Sign at most ``MOST_BYTES``: of more, sign a list of digests.

    Raises
    ------
    ValueError
        the content is larger
    AwsUnavailable, AwsRefused
        KMS did not answer, or did not let us
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"KMS signs at most {MOST_BYTES:,} bytes, not {len(content):,}: sign a list of digests")
    body = {
        "KeyId": key, "Message": b64encode(content).decode(), "MessageType": "RAW", "SigningAlgorithm": algorithm,
    }  # fmt: skip
    return b64decode(call(settings(), "kms", "TrentService.Sign", body)["Signature"])
