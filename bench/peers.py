"""What the targets compare with that can't be measured here: other trackers, on a machine like this one."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Peer:
    name: str
    requests_per_second: float
    p99_seconds: float
    batch_events_per_second: float
    measured: str


UMAMI = Peer(
    name="Umami 3.1",
    requests_per_second=159,
    p99_seconds=0.211,
    batch_events_per_second=280,
    measured="on 2 cores shared with the load; measure it anew: python -m bench.load --shape umami",
)
