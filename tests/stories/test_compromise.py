"""The story of a compromise: who had access is thrown out, secrets are rotated, customers go on; then a restore to the moment
before it is promoted, while functions and the keeper of backups are killed in its midst."""

import json
import os
import signal
import subprocess
from threading import Thread
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError

from local import postgres
from local.api import Api, Refused
from local.customers import SiteAccess, member_token, owner
from local.state import ROOT
from shared.backups.promotion import ORDER
from tests.e2e.events import count, pageviews, send, wait_for_count
from tests.e2e.local_system import ORGANISATION, LocalSystem, until
from tests.e2e.test_access import PATH, connect
from tests.e2e.test_command_line import p09
from tests.e2e.test_secret_rotation import rotate
from tests.stories.test_backups import DRILL_SECONDS, backed_up, caller, ended

BATCH = 500
SMOKE_TESTS = ROOT / "scripts/test/smoke-tests.sh"
PROMOTED_WITHIN = 400  # seconds: each kill costs a retry of the workflow


def moment(system: LocalSystem) -> str:
    with postgres.connect(system.configuration) as connection:
        ((now,),) = connection.run("select clock_timestamp()")
    return str(now.isoformat())


def promoted(system: LocalSystem, dba: Api, drill: str) -> dict[str, Any]:
    """Followed to its end, with a kill in the midst of every step that is seen."""
    killed: set[str] = set()
    found: dict[str, Any] = {}
    names = {step.name for step in ORDER}

    def is_over() -> bool:
        if "keeper" not in killed and system.state.held("postgres").exists():
            killed.add("keeper")  # while the restored database takes its place
            os.kill(system.processes()["backups"], signal.SIGKILL)
        try:
            found.update(dba.get(f"/v1/drills/{drill}"))
        except Refused:
            return False  # the API is started afresh, too
        for step in found["steps"]:
            if step["name"] in names and not step["finished_at"] and step["name"] not in killed:
                killed.add(step["name"])
                for function in ("restore-drill", "cold-start"):
                    system.kill_environments(function)
        return found["status"] in {"promoted", "failed"}

    until(is_over, "the end of the promotion", PROMOTED_WITHIN)
    assert len(killed) > len(ORDER) / 2  # some steps are over before they are seen
    return found


def validated_on_staging(system: LocalSystem, drill: str, site: SiteAccess, counted: int) -> Api:
    """Staging pointed to the restored database, with a kill in its midst, and looked at. Returns its reader."""
    pointing = Thread(target=lambda: p09(system, "restore", "point-staging", drill))
    pointing.start()
    until(
        lambda: "point staging" in {step["name"] for step in caller(system, "P09-SRE").get(f"/v1/drills/{drill}")["steps"]},
        "staging is being pointed", DRILL_SECONDS,
    )  # fmt: skip
    system.kill_environments("cold-start")
    pointing.join()
    address = json.loads(p09(system, "restore", "status", drill, "--json").stdout)["staging"]
    assert address == f"{system.url}/staging"
    reader, host = Api(address, site.read_key), Api(address, member_token(system.facts, ORGANISATION, "owner"))
    assert count(reader, site) == counted
    assert host.raw("GET", f"/v1/sites/{site.site_id}/keys").status_code == 200
    assert host.raw("POST", f"/v1/sites/{site.site_id}/keys", json={"kind": "ingest"}).status_code == 503  # reads only
    smoke = subprocess.run(
        [SMOKE_TESTS, system.url, address, "--read-only", "--state", system.state.folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert smoke.returncode == 0, smoke.stdout + smoke.stderr
    return reader


def test_a_compromise_is_undone_by_a_restore_that_lets_nobody_in_and_loses_no_accepted_event(
    system: LocalSystem, fresh_site: SiteAccess
) -> None:
    starter, dba = caller(system, "P09-SRE"), caller(system, "P09-DBA")
    host, _ = owner(system.facts, ORGANISATION)
    writer, reader = Api(system.url, fresh_site.write_key), Api(system.url, fresh_site.read_key)
    leaked = host.post(f"/v1/sites/{fresh_site.site_id}/keys", {"kind": "ingest"})
    credential = dba.post(PATH, {"reason": "the one that leaks", "duration_seconds": 3600, "access": "write"})
    send(writer, pageviews(fresh_site, BATCH))
    wait_for_count(reader, fresh_site, BATCH)
    backed_up(system)
    before = moment(system)

    dba.delete(f"{PATH}/{credential['id']}")
    host.delete(f"/v1/sites/{fresh_site.site_id}/keys/{leaked['key_id']}")
    for name in ("postgres-api", "postgres-collect", "postgres-query", "postgres-worker", "postgres-backup"):
        rotate(system, name)
    for _ in range(9):
        send(writer, pageviews(fresh_site, BATCH))
    wait_for_count(reader, fresh_site, 10 * BATCH)

    drill = starter.post("/v1/drills", {"kind": "restore", "to": before, "reason": "they came in"})["id"]
    assert ended(starter, drill, "waiting for sign-off", "failed")["why"] == ""
    on_staging = validated_on_staging(system, drill, fresh_site, BATCH)
    dba.post(f"/v1/drills/{drill}/sign-off", {"accept": True, "note": "clean"})
    assert ended(dba, drill, "waiting for promotion", "failed")["staging"] == ""
    assert count(on_staging, fresh_site) == 10 * BATCH  # from the running database again
    preview = json.loads(p09(system, "restore", "preview", drill, "--json").stdout)
    assert preview["keys"]["revoked_again"] == 1
    assert preview["events"]["drained_again"] >= 9 * BATCH  # the canary's are among them
    with pytest.raises(Refused, match="say what is discarded"):
        dba.post(f"/v1/drills/{drill}/promote", {"accept": True, "note": "now"})
    dba.post(f"/v1/drills/{drill}/promote", {"accept": True, "note": "now", "confirm": preview["confirmation"]})
    send(writer, pageviews(fresh_site, BATCH))  # accepted, whatever becomes of the database
    found = promoted(system, dba, drill)

    assert (found["status"], found["why"], found["rpo_seconds"]) == ("promoted", "", 0)
    assert found["aside_until"] > found["finished_at"]
    system.kill_environments("api")
    system.settle()
    wait_for_count(reader, fresh_site, 11 * BATCH)
    with pytest.raises(DatabaseError, match=r"password authentication failed|not permitted"):
        connect(system, credential)
    until(lambda: writer_is_refused(system, leaked["key"]), "the revoked key refused", DRILL_SECONDS)
    verified = p09(system, "audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert f"({drill})" in verified.stdout
    assert "were carried over" in verified.stdout
    assert ", 0 findings" in verified.stdout


def writer_is_refused(system: LocalSystem, key: str) -> bool:
    """Environments that knew it take it for a minute more."""
    batch = {"events": [{"name": "pageview", "url": "https://x.example/"}]}
    return bool(Api(system.url, key).raw("POST", "/v1/events", json=batch).status_code == 401)
