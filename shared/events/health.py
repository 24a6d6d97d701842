from typing import ClassVar, Literal

from shared.events.event import Told


class _ProbeEvent(Told):
    """``subject`` is "service", or "prober" when the prober itself can't reach anything; ``components`` are those of
    the runbook that fail (before a recovery: that failed), ``since`` is when the first look at them failed."""

    source: ClassVar[str] = "p09.health"
    subject: Literal["service", "prober"]
    components: list[str]
    why: str
    since: str = ""


class ProbeFailed(_ProbeEvent):
    """So many probes in a row failed that it is no accident; told again when other components are concerned."""


class ProbeRecovered(_ProbeEvent):
    """So many probes in a row passed that it is over."""
