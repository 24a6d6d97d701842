from collections.abc import Sequence
from dataclasses import replace
from random import Random
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from shared.audit.chain import OPERATIONS, Entry, Finding, Head, Row, Verifier
from shared.audit.store import Filter, heads, page, record, row_at, verify_rows
from tests.conftest import MigratedDatabase
from tests.unit.shared.audit.audit_trail import ALTERATIONS, chain

ACME, OTHER = UUID(int=1), UUID(int=2)


def entry(organisation: UUID = ACME, **fields: Any) -> Entry:
    usual = {"actor": "person:ada", "action": "site.create", "subject": "site/1", "after": {"name": "Lädchen, 1:x"}}
    return Entry(organisation_id=organisation, **(usual | fields))


def written(migrated: MigratedDatabase, count: int, organisation: UUID = ACME) -> None:
    with migrated.database("p09_api").transaction([organisation]) as connection:
        for number in range(count):
            record(connection, entry(organisation, subject=f"site/{number}", reason="drill" if number % 2 else None))


def fail_after(sequence: int) -> None:
    raise RuntimeError(f"the action failed after row {sequence}")


def verified(connection: Connection, anchors: Sequence[Head] = (), organisation: UUID = ACME) -> list[Finding]:
    verifier = Verifier(organisation, anchors)
    assert verify_rows(connection, verifier, limit=100_000)
    return verifier.findings


def test_what_the_database_hashes_is_what_the_verifier_reads(migrated: MigratedDatabase) -> None:
    with migrated.database("p09_api").transaction([ACME, OPERATIONS]) as connection:
        record(
            connection, entry(before={"name": 'a"b\\ü\n', "n": [1, 2.5, None]}, reason="weil es so ist", origin="::1")
        )
        record(connection, entry(after=None, request_id="r-1"))
        record(connection, entry(OPERATIONS))
        assert verified(connection) == []
        assert [row.sequence for row in page(connection, ACME, Filter())] == [2, 1]
        assert verified(connection, organisation=OPERATIONS) == []


def test_an_entry_that_is_written_twice_is_there_once(migrated: MigratedDatabase) -> None:
    once = entry()
    with migrated.database("p09_api").transaction([ACME]) as connection:
        assert (record(connection, once), record(connection, entry()), record(connection, once)) == (1, 2, 1)


def test_an_action_that_is_rolled_back_leaves_no_trace_and_no_gap(migrated: MigratedDatabase) -> None:
    database = migrated.database("p09_api")
    written(migrated, 2)
    with pytest.raises(RuntimeError), database.transaction([ACME]) as connection:
        fail_after(record(connection, entry()))
    written(migrated, 1)

    with database.transaction([ACME]) as connection:
        assert [row.sequence for row in page(connection, ACME, Filter())] == [3, 2, 1]
        assert verified(connection) == []


def test_sequences_have_no_gaps_whoever_writes_at_the_same_time(migrated: MigratedDatabase) -> None:
    writers = [Thread(target=written, args=(migrated, 25, organisation)) for organisation in (ACME, OTHER) * 3]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    with migrated.database("p09_api").transaction([ACME, OTHER]) as connection:
        for organisation in (ACME, OTHER):
            assert [row.sequence for row in page(connection, organisation, Filter(), limit=100)] == [*range(75, 0, -1)]
            assert verified(connection, organisation=organisation) == []


CHANGES = ["update audit set actor = 'x'", "delete from audit", "truncate audit",
           "delete from audit_heads", "truncate audit_heads"]  # fmt: skip
FORGERIES = ["insert into audit select * from audit", "update audit_heads set sequence = 0"]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        *((role, statement) for role in ("p09_api", "p09_worker", "p09_admin") for statement in CHANGES),
        *((role, statement) for role in ("p09_api", "p09_worker") for statement in FORGERIES),
    ],
)
def test_nobody_changes_the_trail(migrated: MigratedDatabase, role: str, statement: str) -> None:
    """Save that the tables' owner can append past the function, which the verifier finds."""
    written(migrated, 2)
    with migrated.database("p09_api").transaction([ACME]) as connection:
        before = page(connection, ACME, Filter())

    with pytest.raises(DatabaseError), migrated.database(role).transaction([ACME]) as connection:
        connection.run(statement)

    with migrated.database("p09_api").transaction([ACME]) as connection:
        assert page(connection, ACME, Filter()) == before


def test_a_superuser_has_to_switch_the_trigger_off_first(migrated: MigratedDatabase) -> None:
    written(migrated, 1)
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        superuser.run("set session_replication_role = replica")
        with pytest.raises(DatabaseError, match="append-only"):
            superuser.run("delete from audit")


def test_an_organisation_sees_and_writes_its_own_chain_only(migrated: MigratedDatabase) -> None:
    written(migrated, 2, ACME)
    written(migrated, 3, OTHER)
    database = migrated.database("p09_api")

    with database.transaction([ACME]) as connection:
        assert connection.run("select distinct organisation_id from audit") == [[ACME]]
        assert connection.run("select organisation_id from audit_heads") == [[ACME]]
        assert page(connection, OTHER, Filter()) == []
        assert row_at(connection, OTHER, 1) is None
    with database.transaction() as connection:
        assert connection.run("select count(*) from audit") == [[0]]
    with pytest.raises(DatabaseError, match="row-level security"), database.transaction([ACME]) as connection:
        record(connection, entry(OTHER))


def test_the_anchor_sees_the_heads_of_all_chains(migrated: MigratedDatabase) -> None:
    written(migrated, 2, ACME)
    written(migrated, 3, OTHER)
    with migrated.database("p09_api").transaction() as connection:
        assert {found: head.sequence for found, head in heads(connection)} == {ACME: 2, OTHER: 3}


def test_rows_are_filtered_and_paged(migrated: MigratedDatabase) -> None:
    with migrated.database("p09_api").transaction([ACME]) as connection:
        for number in range(5):
            record(connection, entry(actor=f"person:{number % 2}", action=f"a.{number % 3}", subject=f"s/{number}"))
        rows = page(connection, ACME, Filter())

        def sequences(before: int | None = None, **wanted: Any) -> list[int]:
            return [row.sequence for row in page(connection, ACME, Filter(**wanted), before=before, limit=2)]

        assert sequences() == [5, 4]
        assert sequences(before=4) == [3, 2]
        assert sequences(actor="person:1") == [4, 2]
        assert sequences(action="a.0") == [4, 1]
        assert sequences(subject="s/2") == [3]
        assert sequences(since=rows[1].at) == [5, 4]
        assert sequences(until=rows[3].at) == [1]
        assert sequences(actor="nobody") == []


def test_a_chain_is_verified_in_parts(migrated: MigratedDatabase) -> None:
    written(migrated, 10)
    with migrated.database("p09_api").transaction([ACME]) as connection:
        first = Verifier(ACME)
        assert not verify_rows(connection, first, limit=4)
        second = Verifier(ACME, after=row_at(connection, ACME, first.last.sequence))
        assert verify_rows(connection, second, limit=100)
        assert second.last.sequence == 10
        assert first.findings == second.findings == []


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_superuser_does_to_the_table_is_found(migrated: MigratedDatabase, seed: int) -> None:
    random = Random(seed)
    rows = chain(random, 8)
    head = Head(sequence=8, hash=rows[-1].hash)
    altered = random.choice(ALTERATIONS)(random, rows)
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        superuser.run("alter table audit disable trigger all; alter table audit drop constraint audit_pkey")
        superuser.run("alter table audit drop constraint audit_organisation_id_id_key")
        superuser.run("alter table audit drop constraint audit_reason_check")
        superuser.run("insert into audit_heads values (:id, 8, :hash)", id=rows[0].organisation_id, hash=head.hash)
        for row in altered.rows:
            insert(superuser, row)
        found = verified(superuser, [head], rows[0].organisation_id)
    if sorted(altered.rows, key=str) != sorted(rows, key=str):  # a table has no order of its own
        assert any(finding.first <= altered.touched <= finding.last for finding in found), (altered, found)
    else:
        assert found == []


def insert(connection: Connection, row: Row) -> None:
    values = vars(replace(row, id=row.id or uuid4()))
    columns = ", ".join(f":{name}" + ("::json" if name in {"before", "after"} else "") for name in values)
    connection.run(f"insert into audit values ({columns})", **values)
