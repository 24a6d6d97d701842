"""Whom servers' certificates are checked against."""

import ssl
from functools import cache


@cache
def trust(authorities: str = "") -> ssl.SSLContext:
    """The authorities in a file, or all that the machine trusts. Read once: those of a machine take a cold start 60 ms."""
    return ssl.create_default_context(cafile=authorities or None)
