import json

from shared.health.prober import Standing
from shared.health.store import ProbeStore
from tests.unit.shared.incidents.world import MemoryTable


def test_an_episode_goes_on_that_was_written_when_components_were_counted_together() -> None:
    service = {"since": "2026-11-24T12:02:00Z", "count": 1, "components": ["analytics"]}
    prober = {"since": "", "count": 0, "components": []}
    table = MemoryTable()
    table.items["probe", "standing"] = {
        "version": 7, "ran": "", "at": "2026-11-24T12:03:00Z", "busy_until": "",
        "standings": json.dumps({"service": service, "prober": prober}),
    }  # fmt: skip
    standings = ProbeStore(table).read().standings  # type: ignore[arg-type]  # the table in memory
    since = "2026-11-24T12:02:00Z"
    assert standings.failing == {"analytics": Standing(since=since, first=since, count=1)}
    assert standings.prober == Standing()
