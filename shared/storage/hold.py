"""The hold on the drain while a restore is promoted: the stream keeps what is accepted.

``epoch`` names the promotion that last changed the database under the worker. A worker reads it before it commits and says it
again when it acknowledges: what a frozen worker had committed to a database that was put aside is never taken off the stream.
"""

from typing import Final

from shared.collection.stream import HOLD, forget_awake
from shared.platform.valkey import Valkey

_HELD: Final = "held"
_EPOCH: Final = "epoch"


class DrainHeld(Exception):
    """A restore is being promoted: nothing is stored until it is over."""


def hold_drain(valkey: Valkey, promotion: str) -> None:
    """From now on no worker begins a transaction; one that has begun may still commit. Doing it twice does no harm."""
    valkey.run("HSET", HOLD, _HELD, promotion, _EPOCH, promotion)


def release_drain(valkey: Valkey, promotion: str) -> None:
    """Let the worker drain again, unless another promotion holds it."""
    if valkey.run("HGET", HOLD, _HELD) == promotion.encode():
        valkey.run("HDEL", HOLD, _HELD)
        forget_awake(valkey)


def epoch_unless_held(valkey: Valkey) -> bytes:
    """Raises ``DrainHeld``."""
    held, epoch = valkey.run("HMGET", HOLD, _HELD, _EPOCH)
    if held is not None:
        raise DrainHeld(f"{held.decode()} is being promoted")
    return bytes(epoch or b"")
