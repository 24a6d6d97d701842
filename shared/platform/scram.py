"""A password as PostgreSQL stores it (RFC 5802): sent in this form, it stands in no statement, no log and no backup of one."""

import base64
import hmac
import secrets
from hashlib import pbkdf2_hmac, sha256
from typing import Final

ITERATIONS: Final = 4096  # PostgreSQL's own; a random password of 190 bits needs no more
_SALT_BYTES: Final = 16


def verifier(password: str, *, salt: bytes | None = None) -> str:
    """``SCRAM-SHA-256$…`` of an ASCII password."""
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    salted = pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
