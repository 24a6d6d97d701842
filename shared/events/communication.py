from typing import ClassVar

from shared.events.event import Told


class MessageQueued(Told):
    """A message waits to be sent; ``thread`` is what it belongs to, such as an incident."""

    source: ClassVar[str] = "p09.communication"
    thread: str
