import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError

from local.backups.repository import Repository
from shared.audit.chain import OPERATIONS, Verifier
from shared.audit.show import restore_view
from shared.audit.store import verify_rows
from shared.backups.drill import StepFailed, must_confirm
from shared.backups.promotion import ORDER
from shared.collection.stream import STREAM
from shared.identity.keys import Key
from shared.identity.tenants import key_bearer, memberships
from shared.platform.aws.secrets import Login
from shared.platform.failures import PostgresBadLogin, PostgresUnavailable
from shared.platform.refusals import Refused
from shared.platform.secret import Secret
from shared.rotation.rotation import read_login
from shared.storage.hold import DrainHeld
from tests.integration.backups.conftest import ArchivingPostgres, World, until
from tests.integration.backups.promotion import ACME, ID, LOGINS, Compromise
from tests.servers import ValkeyServer, server_folder, unprivileged_user


@pytest.fixture
def valkey_of_its_own() -> Iterator[ValkeyServer]:
    with server_folder("valkey") as folder, ValkeyServer(folder=folder) as server:
        yield server


@pytest.fixture
def system(valkey_of_its_own: ValkeyServer) -> Iterator[Compromise]:
    with server_folder("archive") as folder, server_folder("promoted") as home:
        folder.chmod(0o711)
        repository = Repository(folder / "backups", secrets.token_bytes(32))
        server = ArchivingPostgres(folder=home, password="of-tests")
        server.spool = repository.spool
        repository.prepare(unprivileged_user(server.binaries, home))
        with server:
            found = Compromise(World(server, repository, folder), valkey_of_its_own)
            found.set_up()
            yield found
            found.instances.state = ""
            found.instances.destroy(ID)
            found.valkey.close()


def events(system: Compromise) -> tuple[int, int]:
    """How many there are, and how many the sums say."""
    ((rows,),) = system.run("select count(*) from events")
    ((sums,),) = system.run("select coalesce(sum(events), 0) from traffic")
    return int(str(rows)), int(str(sums))


def verified(system: Compromise, organisation: Any) -> Verifier:
    with system.transaction("api", organisation) as connection:
        verifier = Verifier(organisation, system.anchors.after(organisation, 0, 1000))
        assert verify_rows(connection, verifier, limit=100_000)
    return verifier


def lets_in(system: Compromise, login: Login) -> bool:
    try:
        system.open("any", login=login).close()
    except PostgresBadLogin:
        return False
    return True


def opens(system: Compromise, key: Key) -> bool:
    with system.transaction("api", key_sha256=key.digest.hex()) as connection:
        return key_bearer(connection, key) is not None


def is_member(system: Compromise, subject: str) -> bool:
    with system.transaction("api", subject=subject) as connection:
        return bool(memberships(connection, subject))


def next_second(system: Compromise) -> datetime:
    """A moment between what was and what comes."""
    to = system.world.now().replace(microsecond=0) + timedelta(seconds=1)
    until(lambda: system.world.now() > to, "the next second")
    return to.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Outsiders:
    """Who had access at the moment, and lost it afterwards."""

    key: Key
    credential: Login


def compromised(system: Compromise) -> tuple[datetime, Outsiders]:
    """A moment, and what came after it: they are thrown out, and everything is rotated; 5,000 events are accepted meanwhile."""
    key, key_id = system.add_key()
    system.add_person("eve")
    lease, credential = system.issue()
    system.act("site.create")
    system.send(1000)
    system.drain()
    system.keep()
    system.anchor(datetime.now(UTC))
    system.world.back_up()
    to = next_second(system)
    system.end(lease)
    system.revoke(key_id)
    system.remove_person("eve")
    for role in LOGINS:
        system.rotate(role)
    for action in ("key.revoke", "member.remove"):
        system.act(action)
    system.act("secret.rotate", OPERATIONS)
    system.anchor(datetime.now(UTC) + timedelta(hours=1))
    system.send(3000)  # kept in an object
    system.drain()
    system.keep()
    system.send(1500)  # kept in Valkey
    system.drain()
    system.send(250)  # stored, and still in the stream
    system.drain_and_die()
    system.send(250)  # in the stream
    return to, Outsiders(key=key, credential=credential)


def test_a_compromise_is_undone_and_nothing_else_is(system: Compromise) -> None:
    kept, _ = system.add_key()
    to, outsiders = compromised(system)
    system.restore(to)
    system.act_until_done("close_restored")  # staging was pointed to it
    found = system.preview()
    assert found["keys"] == {"count": 0, "names": [], "revoked_again": 1}
    assert found["people"] == {"count": 0, "removed_again": 1}
    assert found["acts"]["count"] >= 3
    with pytest.raises(Refused, match=found["confirmation"]):
        must_confirm(found, "discard nothing")
    must_confirm(found, found["confirmation"])

    kills = system.promote(killed=True)
    system.close("promoted")

    assert kills >= 2 * len(ORDER)
    assert system.step("drain again")["lost"] == 0
    assert system.drain() == 0  # what waited was drained with the rest
    assert events(system) == (6000, 6000)
    drill = system.drills_store.get(ID)
    assert drill
    assert (drill.status, drill.rpo_seconds) == ("promoted", 0)
    nobody_who_was_out_is_in(system, outsiders)
    assert (opens(system, kept), is_member(system, "owner-of-acme")) == (True, True)
    the_trail_tells_of_the_restore(system, to)
    steps = {one.name: one for one in system.drills_store.steps(ID)}
    for step in ORDER:
        assert steps[step.name].started_at <= steps[step.name].finished_at
        assert steps[step.name].error == ""


def nobody_who_was_out_is_in(system: Compromise, outsiders: Outsiders) -> None:
    assert not lets_in(system, outsiders.credential)
    assert system.leases.all_open() == []
    assert system.run("select rolname from pg_roles where rolname like 'p09_temp%'") == []
    for role in LOGINS:
        assert lets_in(system, system.login(role))
        username, password = read_login(system.first_logins[role])
        assert not lets_in(system, Login(username, Secret(password)))
    assert not opens(system, outsiders.key)
    assert not is_member(system, "eve")


def the_trail_tells_of_the_restore(system: Compromise, to: datetime) -> None:
    for organisation in (OPERATIONS, ACME):
        trail = verified(system, organisation)
        assert trail.findings == []
        (said,) = map(restore_view, trail.restores)
        people = (said["started_by"], said["signed_by"], said["promoted_by"])
        assert (said["restore"], said["to"], people) == (ID, to.isoformat(), ("ada", "grace", "grace"))
        assert said["carried_over"]
        assert said["carried_over"]["last"] == said["sequence"] - 1
    assert system.anchor(datetime.now(UTC) + timedelta(hours=2)).findings == 0


def prepared(system: Compromise) -> None:
    """Restored to a moment with 100 events, since when 100 more were stored, and 100 wait."""
    system.act("site.create")
    system.send(100)
    system.drain()
    system.world.back_up()
    to = next_second(system)
    system.act("site.rename")
    system.send(100)
    system.drain()
    system.restore(to)
    system.send(100)


def test_what_was_looked_at_on_staging_could_not_be_changed_and_takes_writes_once_it_serves(system: Compromise) -> None:
    prepared(system)
    system.act_until_done("close_restored")
    where = system.instances.look(ID)
    with system.connect("api", (where.host, where.port)) as staging:
        assert staging.run("select count(*) from sites") is not None
        with pytest.raises(DatabaseError, match="read-only"):
            staging.run("update sites set domain = domain")
    system.promote(killed=False)
    system.close("promoted")
    system.drain()
    assert events(system) == (300, 300)
    system.act("site.delete")


BEFORE_IT_SERVES = [step.action for step in ORDER[: [step.action for step in ORDER].index("serve")]]


@pytest.mark.parametrize("last", ["hold", "drain_again", "carry_trail", "start_cold"])
def test_a_promotion_that_fails_goes_back_to_what_ran_before(system: Compromise, last: str) -> None:
    prepared(system)
    system.promote(killed=False, steps=BEFORE_IT_SERVES[: BEFORE_IT_SERVES.index(last) + 1])
    with pytest.raises(DrainHeld):
        system.drain()
    system.act_until_done("go_back")
    system.drain()
    assert events(system) == (300, 300)
    system.act("site.delete")  # it takes writes
    assert verified(system, ACME).findings == []
    assert verified(system, ACME).restores == []
    with system.transaction("api", OPERATIONS) as connection:
        assert connection.run("select action from audit order by sequence desc limit 1") == [
            ["database.restore-failed"]
        ]


def test_a_cold_function_that_can_not_log_in_ends_the_promotion(system: Compromise) -> None:
    prepared(system)

    def refused(_task: Any) -> Any:
        raise StepFailed("p09-api, started afresh, can't log in")

    system.cold = refused
    with pytest.raises(StepFailed, match="started afresh"):
        system.promote(killed=False)
    system.act_until_done("go_back")
    assert system.drain() == 100
    assert events(system) == (300, 300)


def test_no_step_is_taken_before_those_before_it(system: Compromise) -> None:
    prepared(system)
    with pytest.raises(StepFailed, match="comes after"):
        system.promote(killed=False, steps=["put_in_place"])


def test_writers_are_told_to_wait_and_readers_are_served_meanwhile(system: Compromise) -> None:
    prepared(system)
    system.promote(killed=False, steps=BEFORE_IT_SERVES[:-2])
    with pytest.raises(PostgresUnavailable, match="read-only"):
        system.act("site.create")
    assert events(system)[0] == 200
    assert int(system.valkey.run("XLEN", STREAM)) == 5


def test_a_running_database_that_can_not_be_read_is_replaced_all_the_same_and_the_trail_says_what_is_lost(
    system: Compromise,
) -> None:
    system.act("site.create")
    system.send(100)
    system.drain()
    system.world.back_up()
    to = next_second(system)
    system.act("site.rename")
    system.anchor(datetime.now(UTC))
    system.send(100)
    system.drain()
    system.world.archive()
    system.drills()
    system.world.archive = lambda: None  # type: ignore[method-assign]  # nothing more is archived from here on
    system.world.server.kill()
    system.restore(to)
    assert system.preview()["source"] == "lost"
    assert system.preview()["confirmation"].startswith("discard everything since")
    system.promote(killed=False)
    assert events(system) == (200, 200)
    assert system.step("carry the audit trail on")["superseded"] == {str(ACME): [2, 2]}
    trail = verified(system, ACME)
    assert (trail.findings, restore_view(trail.restores[0])["superseded"]) == ([], {"first": 2, "last": 2})
    assert system.anchor(datetime.now(UTC) + timedelta(hours=1)).findings == 0


def test_a_manipulation_is_no_restore(system: Compromise) -> None:
    """Whoever cuts a chain off, and writes a row that says restore, is found by the anchors."""
    for action in ("one", "two", "three"):
        system.act(action)
    system.anchor(datetime.now(UTC))
    with system.world.connect() as superuser:
        superuser.run("alter table audit disable trigger append_only")
        superuser.run("delete from audit where organisation_id = :id and sequence > 1", id=ACME)
        superuser.run(
            "update audit_heads h set sequence = a.sequence, hash = a.hash from audit a "
            "where a.organisation_id = h.organisation_id and a.organisation_id = :id",
            id=ACME,
        )
        superuser.run("select set_config('p09.organisations', :id, false)", id=str(ACME))
        superuser.run(
            "select p09_audit(:id, gen_random_uuid(), 'function:restore_drill', 'database.restored', 'restore-x', null, "
            "'{\"superseded\":{\"first\":2,\"last\":3}}', null, '', '')",
            id=ACME,
        )
    assert verified(system, ACME).findings != []


def test_what_was_put_aside_is_removed_when_its_time_is_over_with_evidence(system: Compromise) -> None:
    prepared(system)
    system.promote(killed=False)
    system.close("promoted")
    kept = system.step("put in place")
    assert (kept["put_aside"], kept["costs"]) == ("before", "40 MiB")
    assert system.drills().remove_what_was_put_aside() == {"removed": [], "due": 0}
    system.drills_store.update(ID, aside_until=datetime.now(UTC) - timedelta(seconds=1))
    assert system.drills().remove_what_was_put_aside() == {"removed": [], "due": 1}
    assert system.drills().remove_what_was_put_aside() == {"removed": [ID], "due": 1}
    assert system.step("remove what was put aside") == {"was": "before", "had_cost": "40 MiB", "removed": True}
    assert system.drills().remove_what_was_put_aside() == {"removed": [], "due": 0}
