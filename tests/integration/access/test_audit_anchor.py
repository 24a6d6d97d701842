import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from scripts.p09.audit_file import verify_file
from shared.audit.anchor import anchor_audit
from shared.audit.anchors import Anchor, AnchorStore, digest
from shared.audit.chain import OPERATIONS, Head
from shared.audit.store import Filter, page, record
from shared.platform.aws.dynamodb import Table
from shared.platform.outbox import waiting
from tests.conftest import MigratedDatabase
from tests.integration.access.test_audit import ACME, OTHER, entry, written

NOON = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Safe:
    """A bucket in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def last(self, now: datetime) -> bytes | None:
        return self.objects[max(self.objects)] if self.objects else None

    def put(self, key: str, content: bytes) -> None:
        assert key not in self.objects
        self.objects[key] = content


@pytest.fixture
def safe() -> Safe:
    return Safe()


def anchored(migrated: MigratedDatabase, operations: Table, safe: Safe, at: datetime) -> Any:
    return anchor_audit(migrated.database("p09_api"), AnchorStore(operations), safe, at)


def test_the_heads_of_all_chains_are_kept(migrated: MigratedDatabase, operations: Table, safe: Safe) -> None:
    written(migrated, 3, ACME)
    written(migrated, 1, OTHER)
    written(migrated, 2, OPERATIONS)

    report = anchored(migrated, operations, safe, NOON)

    assert (report.chains, report.verified, report.findings) == (3, 6, 0)
    [(key, content)] = safe.objects.items()
    assert key == "heads/2026-11-24T120700Z.json"
    heads = {organisation: head.sequence for organisation, head in Anchor.from_bytes(content).heads.items()}
    assert heads == {ACME: 3, OTHER: 1, OPERATIONS: 2}
    [kept] = AnchorStore(operations).after(ACME, 0, 10)
    assert kept == Anchor.from_bytes(content).heads[ACME]
    assert AnchorStore(operations).after(ACME, 3, 10) == []


def test_each_anchor_names_the_one_before_and_verifies_what_came_since(
    migrated: MigratedDatabase, operations: Table, safe: Safe
) -> None:
    written(migrated, 3, ACME)
    anchored(migrated, operations, safe, NOON)
    [first] = safe.objects.values()
    written(migrated, 2, ACME)

    report = anchored(migrated, operations, safe, NOON + HOUR)

    assert (report.verified, report.findings) == (3, 0)  # the anchored row once more, and two new ones
    assert Anchor.from_bytes(safe.objects[report.key]).before == digest(first)
    assert [head.sequence for head in AnchorStore(operations).after(ACME, 0, 10)] == [3, 5]


FORGERY = (
    "delete from audit; delete from audit_heads; select set_config('p09.organisations', '{0}', false); "
    "select p09_audit('{0}', gen_random_uuid(), 'a', 'b', 'c', null, null, null, '', '')"
)
ALTERATIONS = [
    ("update audit set actor = 'x' where sequence = 2", "row 2: altered"),
    ("update audit set after = null where sequence = 3", "row 3: altered"),
    ("delete from audit where sequence = 3", "row 3: missing at the end"),
    ("delete from audit where sequence > 1", "rows 2 to 3: missing at the end"),
    ("delete from audit; delete from audit_heads", "missing at the end"),
    (FORGERY, "perhaps rewritten"),
]


@pytest.mark.parametrize(("statement", "told"), ALTERATIONS)
def test_what_was_altered_since_is_told_once(
    migrated: MigratedDatabase, operations: Table, safe: Safe, statement: str, told: str
) -> None:
    written(migrated, 2, ACME)
    anchored(migrated, operations, safe, NOON)
    written(migrated, 1, ACME)
    if "missing" in told or "rewritten" in told:
        anchored(migrated, operations, safe, NOON + HOUR)
    with migrated.server.connect_as_superuser(migrated.name) as superuser:
        superuser.run("alter table audit disable trigger append_only")
        superuser.run("alter table audit_heads disable trigger append_only")
        for one in statement.format(ACME).split("; "):
            superuser.run(one)

    report = anchored(migrated, operations, safe, NOON + 2 * HOUR)

    assert report.findings
    [item] = waiting(operations)
    event = json.loads(str(item["detail"]))
    assert (item["detail_type"], event["organisation"]) == ("AuditAltered", str(ACME))
    assert told in event["why"]


def test_a_trail_that_was_exported_is_verified_without_the_system(migrated: MigratedDatabase, tmp_path: Path) -> None:
    from shared.audit.show import as_lines

    with migrated.database("p09_api").transaction([ACME]) as connection:
        for number in range(5):
            record(connection, entry(before={"n": number / 3, "text": "ü\u2028"}))
        rows = page(connection, ACME, Filter())
    file = tmp_path / "trail.jsonl"
    file.write_text(as_lines(rows), encoding="utf-8")

    assert verify_file(file) == {"verified": 5, "anchors": 0, "findings": [], "restores": []}

    file.write_text(as_lines(rows).replace("person:ada", "person:eve", 1), encoding="utf-8")
    assert [(one["first"], one["last"]) for one in verify_file(file)["findings"]] == [(5, 5)]


def test_an_anchor_is_read_as_it_was_written() -> None:
    anchor = Anchor(at=NOON, heads={UUID(int=3): Head(sequence=1, hash=bytes(32))}, before="ab")
    assert Anchor.from_bytes(anchor.to_bytes()) == anchor
