"""The prober's memory in the operations table: one item, written with what is to be told of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared.events.event import Event
from shared.health.model import Outcome
from shared.health.prober import Standing, Standings
from shared.platform.aws.dynamodb import Put, Table
from shared.platform.moments import moment, stamp
from shared.platform.outbox import leave

_PROBE: Final = "probe"
_STANDING: Final = "standing"


@dataclass(frozen=True, kw_only=True)
class Memory:
    """``ran`` is the occasion of the last probe, ``at`` when it was written, None before the first; until ``busy_until`` a
    probe is under way."""

    version: int = 0
    ran: str = ""
    at: datetime | None = None
    busy_until: datetime | None = None
    standings: Standings


class ProbeStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self) -> Memory:
        found = self._table.get(_PROBE, _STANDING)
        if found is None:
            return Memory(standings=Standings())
        busy = str(found["busy_until"])
        return Memory(
            version=int(found["version"]), ran=str(found["ran"]), at=moment(str(found["at"])),
            busy_until=moment(busy) if busy else None, standings=_standings(json.loads(str(found["standings"]))),
        )  # fmt: skip

    def write(self, memory: Memory, outcomes: Sequence[Outcome], events: Sequence[Event], at: datetime) -> Memory:
        """Raises Overtaken when somebody has written since ``memory`` was read."""
        written = replace(memory, version=memory.version + 1, at=at.replace(microsecond=0))
        item = Put(
            item={
                "pk": _PROBE, "sk": _STANDING, "version": written.version, "ran": written.ran, "at": stamp(at),
                "busy_until": stamp(written.busy_until) if written.busy_until else "",
                "standings": json.dumps(asdict(written.standings)),
                "outcomes": json.dumps([asdict(one) for one in outcomes]),
            },
            expect={"version": memory.version or None},
        )  # fmt: skip
        self._table.write([item, *map(leave, events)])
        return written


def _standings(plain: dict[str, Any]) -> Standings:
    """Also as they were written when all components were counted together."""
    if "service" in plain:
        service, prober = plain["service"], plain["prober"]
        together = {"since": service["since"], "first": service["since"], "count": service["count"]}
        return Standings(
            components={name: Standing(**together) for name in service["components"]},
            prober=Standing(since=prober["since"], first=prober["since"], count=prober["count"]),
        )
    return Standings(
        components={name: Standing(**one) for name, one in plain["components"].items()},
        prober=Standing(**plain["prober"]),
    )
