import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from shared.collection.entry import Entry
from shared.collection.event import Event
from shared.collection.rows import Arrival, copy_rows
from shared.collection.stream import STREAM, append
from shared.platform.valkey import Address, Valkey, open_connection
from tests.conftest import PASSWORDS
from tests.pipeline import Pipeline
from tests.servers import HOST, ValkeyServer, server_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pageviews(count: int) -> list[Event]:
    return [
        {
            "id": str(uuid4()), "name": "pageview", "timestamp": NOW,
            "visitor_id": f"v{number % 10}", "url": "https://shop.example/",
        }
        for number in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("moment", ["before commit", "between commit and acknowledgement"])
def test_a_killed_worker_process_leaves_exact_totals(
    pipeline: Pipeline, valkey_server: ValkeyServer, moment: str
) -> None:
    for _ in range(5):
        pipeline.send(*pageviews(20))
    where = {
        "host": HOST, "database": pipeline.migrated.name,
        "postgres_port": pipeline.migrated.server.port, "postgres_password": PASSWORDS["p09_worker"],
        "valkey_port": valkey_server.port, "valkey_password": valkey_server.password,
    }  # fmt: skip
    script = Path(__file__).with_name("killed_worker.py")
    killed = subprocess.run([sys.executable, "-P", script, moment, json.dumps(where)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert pipeline.rows("select count(*) from events") == [[0 if moment == "before commit" else 100]]
    assert pipeline.waiting() == 5

    drained = pipeline.drain()

    assert drained.new + drained.repeated == 100
    assert pipeline.rows("select count(*) from events") == [[100]]
    assert pipeline.rows("select sum(events), sum(pageviews), sum(visits) from traffic") == [[100, 100, 10]]
    assert pipeline.waiting() == 0


def test_what_was_accepted_survives_a_kill_of_valkey(valkey: redis.Redis) -> None:
    del valkey  # the shared server is not the one to kill
    with server_folder("killed-valkey") as folder, ValkeyServer(folder=folder) as server:
        address = Address(host=HOST, port=server.port)
        client = Valkey(lambda: open_connection(address, password=server.password, timeout=10))
        rows = copy_rows(pageviews(3), Arrival(site_id=1, received_at=NOW, visitor_id=1))
        for _ in range(20):
            append(client, Entry(site_id=1, organisation=uuid4(), events=3, rows=rows))
        server.kill()
        server.start()
        client.close()
        assert client.run("XLEN", STREAM) == 20
        client.close()
