"""Backups of the deployed system are taken, verified, restored and compared; what is missing is found."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from local import postgres
from local.api import Api, Refused
from local.customers import operations_token
from local.state import ROOT
from tests.e2e.local_system import LocalSystem, until

DRILL_SECONDS = 120
INCIDENT_SECONDS = 150  # the outbox is swept each minute, should its stream be late


@contextmanager
def traffic(site_writer: Api) -> Iterator[None]:
    """Events keep coming while the database is marked and restored."""
    over = Event()

    def send() -> None:
        while not over.is_set():
            site_writer.post("/v1/events", {"events": [{"name": "pageview", "url": "https://shop.example/"}] * 20})
            time.sleep(0.05)  # a stream of requests, not a flood

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def caller(system: LocalSystem, role: str) -> Api:
    return Api(system.url, operations_token(system.facts, role))


def ended(api: Api, drill: str, *states: str) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def there() -> bool:
        try:
            found.update(api.get(f"/v1/drills/{drill}"))
        except Refused:  # its workflow has not begun it yet
            return False
        return found["status"] in states

    until(there, f"{drill} is one of {states}", DRILL_SECONDS)
    return found


def backed_up(system: LocalSystem) -> None:
    done = subprocess.run(
        [ROOT / "scripts/backup/full-backup.sh", "--state", system.state.folder],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "verified, encrypted" in done.stdout


def test_a_drill_of_the_live_database_is_proved_and_signed_by_a_second_person(system: LocalSystem, writer: Api) -> None:
    backed_up(system)
    starter, dba = caller(system, "P09-SRE"), caller(system, "P09-DBA")
    with traffic(writer):
        drill = starter.post("/v1/drills", {"reason": "end to end"})["id"]
        found = ended(starter, drill, "waiting for sign-off", "failed")
    assert found["status"] == "waiting for sign-off", found["why"]
    assert found["rpo_seconds"] is not None
    assert found["rto_seconds"] is not None
    (compared,) = [step["result"] for step in found["steps"] if step["name"] == "compare"]
    assert {"events", "sites", "audit", "backup_sentinels"} <= set(compared["tables"])
    with pytest.raises(Refused, match="takes the role P09-DBA"):
        starter.post(f"/v1/drills/{drill}/sign-off", {"accept": True, "note": "mine"})
    dba.post(f"/v1/drills/{drill}/sign-off", {"accept": True, "note": "looked at it"})
    assert ended(dba, drill, "passed", "failed")["status"] == "passed"
    assert not list((system.state.folder / "restores").iterdir())


def test_a_deleted_row_comes_back_by_restore_and_promotion(system: LocalSystem) -> None:
    backed_up(system)
    config = system.configuration
    with postgres.connect(config) as connection:
        connection.run("create table kept_for_a_test as select 1 as n")
        ((before,),) = connection.run("select clock_timestamp()")
        connection.run("drop table kept_for_a_test")
    starter, dba = caller(system, "P09-SRE"), caller(system, "P09-DBA")
    drill = starter.post("/v1/drills", {"kind": "restore", "to": before.isoformat(), "reason": "dropped"})["id"]
    assert ended(starter, drill, "waiting for sign-off", "failed")["why"] == ""
    dba.post(f"/v1/drills/{drill}/sign-off", {"accept": True, "note": "the table is there"})
    ended(dba, drill, "waiting for promotion")
    words = dba.get(f"/v1/drills/{drill}/preview")["confirmation"]
    dba.post(f"/v1/drills/{drill}/promote", {"accept": True, "note": "now", "confirm": words})
    assert ended(dba, drill, "promoted", "failed")["status"] == "promoted"
    with postgres.connect(config) as connection:
        assert connection.run("select n from kept_for_a_test") == [[1]]
        connection.run("drop table kept_for_a_test")
    system.settle()


def test_a_missing_segment_ends_in_a_failed_drill_and_an_incident(system: LocalSystem) -> None:
    backed_up(system)
    starter = caller(system, "P09-SRE")
    wal = system.state.backups / "wal"
    missing = max(file for file in wal.iterdir() if len(file.name) == 24)
    aside = missing.rename(wal.parent / missing.name)
    try:
        drill = starter.post("/v1/drills", {"reason": "end to end"})["id"]
        found = ended(starter, drill, "waiting for sign-off", "failed")
        assert found["status"] == "failed"
        assert f"WAL segment {missing.name} is missing" in found["why"]
        until(lambda: _incident(starter) is not None, "an incident", INCIDENT_SECONDS)
    finally:
        aside.rename(missing)
    assert not list((system.state.folder / "restores").iterdir())


def _incident(api: Api) -> dict[str, Any] | None:
    found = api.get("/v1/incidents", state="open")["incidents"]
    return next((one for one in found if one["title"] == "A drill of the backups failed"), None)
