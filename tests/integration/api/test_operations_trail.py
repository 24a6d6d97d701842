import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.api.audited_table import AuditedTable
from shared.audit.pending import write_pending
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


INCIDENT = {"title": "Queries are slow", "severity": "ticket", "note": "seen by hand"}


def test_what_is_done_in_the_operations_table_leaves_a_row_by_construction(api: Api, table: Table) -> None:
    path = "/v1/runbook/tasks/redis_memory/runs"
    asked = act(api, path, reason="after the restart")
    assert asked.status_code == 202, asked.text

    [row] = trail(api, table)

    assert (row["actor"], row["action"], row["subject"]) == ("person:sam", "request_run", path)
    assert row["after"]["asked"] == {"reason": "after the restart"}
    assert (row["reason"], row["request_id"]) == ("after the restart", asked.headers["x-request-id"])


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
