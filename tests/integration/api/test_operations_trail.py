import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.api.audited_table import AuditedTable
from shared.audit.chain import OPERATIONS, Entry
from shared.audit.pending import leave, write_pending
from shared.audit.store import record
from shared.changes.changes import Changes
from shared.changes.model import Run, Step
from shared.changes.proofs import Found
from shared.changes.store import ChangeStore
from shared.platform.actor import Actor
from shared.platform.aws.dynamodb import Put, Table
from tests.integration.access.aws import NAME, operations_table
from tests.integration.api.conftest import Api


@pytest.fixture
def table(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with operations_table(monkeypatch) as table:
        api.services.__dict__["operations"] = AuditedTable(table._call, NAME)
        yield table


def trail(api: Api, table: Table) -> list[dict[str, Any]]:
    write_pending(table, api.services.database)
    rows: list[dict[str, Any]] = api.as_person("GET", "/v1/audit", groups=["P09-Auditor"]).json()["rows"]
    return rows


def act(api: Api, path: str, **body: Any) -> Any:
    return api.as_person("POST", path, subject="sam", groups=["P09-SRE"], json=body)


class NoEvaluation:
    """KPIs that nobody has evaluated."""

    def latest(self) -> None:
        return None


def proved(store: ChangeStore, change: str) -> None:
    changes = Changes(
        store, lambda _: pytest.fail("proving asks no gate"), by=Actor(name="pipeline"), now=datetime.now(UTC),
        valid_for=timedelta(days=1),
    )  # fmt: skip
    steps: tuple[Step, ...] = ("staged", "smoke", "load_snapshot")
    for step in steps:
        changes.report(
            change, step, digest=CHANGE["digest"], find=lambda _: Found(passed=True, why="well"), run=Run(id="7")
        )


def written_directly(api: Api) -> None:
    with api.services.database.transaction([OPERATIONS]) as connection:
        record(connection, Entry(organisation_id=OPERATIONS, actor="person:sam", action="a direct act", subject="x"))


INCIDENT = {"title": "Queries are slow", "severity": "ticket", "note": "seen by hand"}


def test_what_is_done_in_the_operations_table_leaves_a_row_by_construction(api: Api, table: Table) -> None:
    path = "/v1/runbook/tasks/redis_memory/runs"
    asked = act(api, path, reason="after the restart")
    assert asked.status_code == 202, asked.text

    [row] = trail(api, table)

    assert (row["actor"], row["action"], row["subject"]) == ("person:sam", "request_run", asked.json()["id"])
    assert row["after"]["asked"] == {"reason": "after the restart"}
    assert (row["reason"], row["request_id"]) == ("after the restart", asked.headers["x-request-id"])


PLANNED = datetime.now(UTC).replace(microsecond=0)
CHANGE = {
    "title": "A faster query", "impact": "None", "commit": "c" * 40, "digest": "d" * 64,
    "committed_at": PLANNED.isoformat(), "planned_for": (PLANNED + timedelta(hours=1)).isoformat(),
}  # fmt: skip
ENTRY = {
    "kind": "freeze", "title": "Holidays", "reason": "Nobody is there",
    "start": (PLANNED + timedelta(hours=1)).isoformat(), "end": (PLANNED + timedelta(hours=2)).isoformat(),
}  # fmt: skip


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/changes", CHANGE), ("/v1/calendar", ENTRY), ("/v1/incidents", INCIDENT),
    ("/v1/announcements", {"kind": "notice", "title": "Funnels", "summary": "They are faster"}),
])  # fmt: skip
def test_what_an_act_has_made_is_what_its_row_is_about(api: Api, table: Table, path: str, body: dict[str, Any]) -> None:
    made = act(api, path, **body)
    assert made.status_code == 201, made.text
    [row] = trail(api, table)
    assert (row["subject"], row["outcome"]) == (made.json()["id"], "done")


def test_what_an_act_was_done_to_is_what_its_row_is_about(api: Api, table: Table) -> None:
    incident = act(api, "/v1/incidents", **INCIDENT).json()["id"]
    assert act(api, f"/v1/incidents/{incident}/acknowledge").status_code == 200
    assert [(row["action"], row["subject"]) for row in trail(api, table)] == [
        ("acknowledge_incident", incident), ("open_incident", incident),
    ]  # fmt: skip


def test_a_refused_act_looks_refused_and_acts_stand_in_their_order(api: Api, table: Table) -> None:
    api.services.__dict__["kpis"] = NoEvaluation()
    planned = api.as_person("POST", "/v1/changes", subject="dora", groups=["P09-Developer"], json=CHANGE)
    change = planned.json()["id"]
    proved(api.services.changes, change)
    assert act(api, f"/v1/changes/{change}/approve").status_code == 409
    asked = act(api, f"/v1/changes/{change}/override", gates=["budget"], reason="nobody measures")
    assert asked.status_code == 200, asked.text
    written_directly(api)
    rows = trail(api, table)
    assert [(row["action"], row["outcome"]) for row in rows] == [
        ("a direct act", "done"), ("ask_override", "done"), ("approve_change", "refused"), ("plan_change", "done"),
    ]  # fmt: skip
    assert rows[2]["after"]["refused"].startswith("budget: No KPI was evaluated of late")
    assert [row["sequence"] for row in rows] == [1, 4, 3, 2]
    moments = [row["done_at"] for row in rows]
    assert moments == sorted(moments, reverse=True)
    verified = api.as_person("GET", "/v1/audit/verification", groups=["P09-Auditor"]).json()
    assert (verified["verified"], verified["findings"]) == (4, [])


def test_rows_are_found_by_when_they_were_done_page_by_page(api: Api, table: Table) -> None:
    early = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for minute in (3, 1, 2):
        entry = Entry(organisation_id=OPERATIONS, actor="person:sam", action="act", subject=f"number {minute}")
        table.write([leave(entry, early + timedelta(minutes=minute))])
        write_pending(table, api.services.database)  # each row is written late, and out of order

    def found(**asked: str) -> tuple[list[str], str | None]:
        page = api.as_person("GET", "/v1/audit", groups=["P09-Auditor"], params=asked).json()
        return [row["subject"] for row in page["rows"]], page["next_cursor"]

    first, cursor = found(limit="2")
    assert (first, found(cursor=str(cursor))) == (["number 3", "number 2"], (["number 1"], None))
    assert found(since="2026-11-24T12:02:00Z", until="2026-11-24T12:03:00Z") == (["number 2"], None)


def test_a_request_of_several_transactions_leaves_one_row_and_a_refused_one_none(api: Api, table: Table) -> None:
    opened = act(api, "/v1/incidents", **INCIDENT)
    assert opened.status_code == 201, opened.text
    assert act(api, "/v1/incidents/INC-20261124-120000-0a1b2c/acknowledge").status_code == 404
    assert act(api, "/v1/incidents", title="").status_code == 422
    assert api.as_person("POST", "/v1/incidents", json=INCIDENT, groups=["P09-Auditor"]).status_code == 403

    assert [row["action"] for row in trail(api, table)] == ["open_incident"]


def test_reading_leaves_nothing(api: Api, table: Table) -> None:
    for path in ("/v1/incidents", "/v1/runbook", "/v1/calendar"):
        assert api.as_person("GET", path, groups=["P09-SRE"]).status_code == 200
    assert trail(api, table) == []


def test_routes_with_a_trail_of_their_own_leave_no_second_row(api: Api, table: Table) -> None:
    where = api.migrated.address
    names = {"postgres_host": where.host, "postgres_port": str(where.port), "postgres_database": where.database}
    api.services.settings = replace(api.services.settings, **names)
    made = api.as_person("POST", "/v1/access/database-credentials", groups=["P09-DBA"], json={"reason": "a slow query"})
    assert made.status_code == 201
    api.as_person("DELETE", f"/v1/access/database-credentials/{made.json()['id']}", groups=["P09-DBA"])

    assert [row["action"] for row in trail(api, table)] == ["database-credential.end", "database-credential.issue"]


def test_nothing_of_a_request_is_left_to_the_next(api: Api, table: Table) -> None:
    act(api, "/v1/incidents", title="")
    api.services.operations.write([Put(item={"pk": "a", "sk": "b"})])  # as a request without a row of its own would
    assert json.dumps(trail(api, table)) == "[]"


def test_what_the_pipeline_does_is_told_of_the_pipeline(api: Api, table: Table) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    plan = {
        "title": "A faster query", "impact": "None", "commit": "c" * 40, "digest": "d" * 64,
        "committed_at": now.isoformat(), "planned_for": (now + timedelta(hours=1)).isoformat(),
        "migrations_compatible": True,
    }  # fmt: skip
    token = api.issuer.pipeline_token()
    planned = api.call("POST", "/v1/changes", token, json=plan)
    assert planned.status_code == 201, planned.text
    assert planned.json()["author"] == "pipeline"
    assert api.call("POST", f"/v1/changes/{planned.json()['id']}/approve", token).status_code == 403

    assert [(row["actor"], row["action"]) for row in trail(api, table)] == [("pipeline", "plan_change")]
