"""When each key was last used: counted in Valkey with each request, behind the answer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from shared.identity.identity import KeyBearer
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.valkey import Command, Valkey, ValkeyUnavailable

LAST_USED: Final = "keys:last-used"


def mark_used(caller: object, now: datetime) -> list[Command]:
    """The command that remembers a request with a key; none for others."""
    if not isinstance(caller, KeyBearer):
        return []
    return [("HSET", LAST_USED, caller.prefix, int(now.timestamp()))]


def last_used(valkey: Valkey, prefixes: Sequence[str]) -> dict[str, datetime]:
    """When keys were last used, those of which that is known; nothing while Valkey is down."""
    if not prefixes:
        return {}
    try:
        found = valkey.run("HMGET", LAST_USED, *prefixes)
    except (ValkeyUnavailable, AwsUnavailable, AwsRefused):
        return {}
    return {prefix: datetime.fromtimestamp(int(at), UTC) for prefix, at in zip(prefixes, found, strict=True) if at}
