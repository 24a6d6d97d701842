"""The API of drills, as each kind of person, while PostgreSQL is down; Step Functions is told, and remembers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from functions.api.services import Services
from functions.api.settings import Settings
from shared.backups.content import Content, Mark, TableContent
from shared.backups.drill import Drill
from shared.backups.store import DrillStore, Step
from shared.identity.identity import ROLES, Person
from shared.platform.actor import Actor
from shared.platform.failures import PostgresUnavailable
from shared.runbook.run import Finding, Occasion, Run, Verdict
from tests.memory_table import MemoryTable

NOW = datetime.now(UTC)
DRILL = Drill(
    id="drill-20261125T040000Z", kind="drill", status="waiting for sign-off", started_by="ada", started_at=NOW,
    started_by_subject="subject-of-ada", reason="weekly", expires_at=NOW + timedelta(hours=24),
)  # fmt: skip
RESTORE = replace(
    DRILL,
    id="restore-20261125T050000Z",
    kind="restore",
    status="waiting for promotion",
    signed_by="grace",
    signed_by_subject="subject-of-grace",
)
MARK = Mark(
    id="drill-20261124T040000Z", at=datetime(2026, 11, 24, 4, tzinfo=UTC), sentinel="a", sentinel_at=NOW, after="b",
    content=Content(tables={"sites": TableContent(rows=3, first="1", second="2")}, migrations=5), stalled_ms=51,
)  # fmt: skip


class People:
    """A token is a subject, a role, and the name that they go by where that is not their usual one."""

    def verify(self, token: str) -> Person:
        subject, role, *name = token.split()
        return Person(f"subject-of-{subject}", ROLES.intersection({role}), name[0] if name else subject)


class NoPostgres:
    """The very case in which drills are looked at."""

    @contextmanager
    def transaction(self, *_: Any) -> Iterator[None]:
        raise PostgresUnavailable("down")
        yield


class Api(Services):
    tokens: Any = People()
    database: Any = NoPostgres()

    def __init__(self) -> None:
        super().__init__(Settings(**dict.fromkeys(Settings.__dataclass_fields__, "")))
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.__dict__["operations"] = MemoryTable()
        self.__dict__["drills"] = DrillStore(self.operations)

    def workflow(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.told.append((operation, body))
        return {}


class Verified:
    """The last verification, and the window that it found."""

    def latest(self, _task: str, *, limit: int) -> list[Any]:
        assert limit == 1
        window = {"earliest": "2026-11-21T00:00:00+00:00", "latest": NOW.isoformat()}
        return [SimpleNamespace(finding=SimpleNamespace(measured={"point_in_time": window}))]


VALIDATED = replace(
    RESTORE, id="restore-20261125T060000Z", status="waiting for sign-off", signed_by="", signed_by_subject=""
)


@pytest.fixture
def api() -> Api:
    found = Api()
    for drill in (DRILL, RESTORE):
        found.drills.create(drill)
    found.drills.write_token(DRILL.id, "sign-off", "secret-token")
    found.drills.write_token(RESTORE.id, "promotion", "secret-token")
    found.drills.write_mark(MARK)
    return found


@pytest.fixture
def validated(api: Api) -> str:
    api.drills.create(VALIDATED)
    api.drills.write_token(VALIDATED.id, "sign-off", "another-token")
    return VALIDATED.id


@pytest.fixture
def client(api: Api) -> Iterator[TestClient]:
    with TestClient(create_app(api), raise_server_exceptions=False) as client:
        yield client


def by(subject: str, role: str = "P09-DBA", name: str = "") -> dict[str, str]:
    return {"authorization": f"Bearer {subject} {role} {name}"}


YES = {"accept": True, "note": "looked at every table"}


def test_another_dba_signs_and_the_workflow_goes_on(client: TestClient, api: Api) -> None:
    answer = client.post(f"/v1/drills/{DRILL.id}/sign-off", json=YES, headers=by("grace"))
    assert answer.json() == {"id": DRILL.id, "status": "signed"}
    ((operation, body),) = api.told
    assert operation == "SendTaskSuccess"
    assert body["taskToken"] == "secret-token"
    assert '"by": "grace", "by_subject": "subject-of-grace"' in body["output"]


def test_staging_is_pointed_to_a_restore_that_waits_for_its_sign_off(
    client: TestClient, api: Api, validated: str
) -> None:
    path = f"/v1/drills/{validated}/staging"
    assert client.post(path, headers=by("ada", "P09-Developer")).status_code == 403
    assert client.post(path, headers=by("ada", "P09-SRE")).json() == {"id": validated, "status": "running"}
    ((operation, body),) = api.told
    assert (operation, body["taskToken"]) == ("SendTaskSuccess", "another-token")
    assert '"decision": "staging"' in body["output"]


@pytest.mark.parametrize(("drill", "status", "why"), [
    (DRILL, 403, "a drill destroys its database before it is signed off"),
    (RESTORE, 409, "is waiting for promotion"),
])  # fmt: skip
def test_staging_is_not_pointed_to_what_nobody_validates(
    client: TestClient, api: Api, drill: Drill, status: int, why: str
) -> None:
    answer = client.post(f"/v1/drills/{drill.id}/staging", headers=by("ada", "P09-SRE"))
    assert (answer.status_code, api.told) == (status, [])
    assert why in answer.json()["detail"]


def test_a_restore_says_where_staging_answers_from_it_and_staging_is_pointed_once(
    client: TestClient, api: Api, validated: str
) -> None:
    path = f"/v1/drills/{validated}"
    assert client.get(path, headers=by("ada")).json()["staging"] == ""
    api.drills.update(validated, staging="http://127.0.0.1:8000/staging")
    listed = client.get("/v1/drills", headers=by("ada")).json()["drills"]
    assert [one["staging"] for one in listed if one["id"] == validated] == ["http://127.0.0.1:8000/staging"]
    assert client.post(f"{path}/staging", headers=by("ada", "P09-SRE")).status_code == 409
    assert api.told == []


def test_persons_are_told_apart_whatever_name_they_go_by(client: TestClient, api: Api) -> None:
    path = f"/v1/drills/{DRILL.id}/sign-off"
    refused = client.post(path, json=YES, headers=by("ada", name="lovelace"))
    assert (refused.status_code, api.told) == (403, [])
    assert client.post(path, json=YES, headers=by("grace", name="ada")).json()["status"] == "signed"


@pytest.mark.parametrize(("name", "role", "why"), [
    ("ada", "P09-DBA", "who started a drill can't sign it off"),
    ("grace", "P09-SRE", "signing off takes the role P09-DBA"),
])  # fmt: skip
def test_a_sign_off_that_may_not_be_is_refused_and_kept(
    client: TestClient, api: Api, name: str, role: str, why: str
) -> None:
    answer = client.post(f"/v1/drills/{DRILL.id}/sign-off", json=YES, headers=by(name, role))
    assert answer.status_code == 403
    assert why in answer.json()["detail"]
    assert api.told == []
    (step,) = api.drills.steps(DRILL.id)
    assert step.name.startswith("refused")
    assert step.result == {"by": name, "by_subject": f"subject-of-{name}"}
    assert why in step.error


def test_an_expired_drill_is_not_signed(client: TestClient, api: Api) -> None:
    api.drills.update(DRILL.id, expires_at=NOW - timedelta(seconds=1))
    answer = client.post(f"/v1/drills/{DRILL.id}/sign-off", json=YES, headers=by("grace"))
    assert answer.status_code == 409
    assert "has expired" in answer.json()["detail"]


def test_a_signed_restore_is_promoted_once_what_it_discards_is_confirmed_in_words(client: TestClient, api: Api) -> None:
    path = f"/v1/drills/{RESTORE.id}/promote"
    unknown = client.post(path, json=YES | {"confirm": "discard nothing"}, headers=by("ada"))
    assert (unknown.status_code, "not known yet" in unknown.json()["detail"]) == (409, True)
    preview = {"at": "2026-11-25T05:00:00Z", "to": "2026-11-25T04:00:00Z", "source": "read",
               "acts": {"count": 2, "newest": []}, "confirmation": "discard 2 acts"}  # fmt: skip
    api.drills.write_step(RESTORE.id, Step(name="preview", started_at=NOW.isoformat(), result=preview))
    shown = client.get(f"/v1/drills/{RESTORE.id}/preview", headers=by("ada")).json()
    assert (shown["acts"]["count"], shown["confirmation"]) == (2, "discard 2 acts")
    for said in ({}, {"confirm": "yes"}):
        refused = client.post(path, json=YES | said, headers=by("ada"))
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "#/confirm"
        assert "discard 2 acts" in refused.json()["detail"]
    assert api.told == []
    assert client.post(path, json=YES | {"confirm": "Discard 2 acts"}, headers=by("ada")).json()["status"] == "promoted"


def test_a_preview_is_computed_again_while_the_promotion_is_waited_for(client: TestClient, api: Api) -> None:
    path = f"/v1/drills/{RESTORE.id}/preview"
    assert client.get(path, headers=by("ada")).status_code == 409
    assert client.post(path, json={}, headers=by("ada")).status_code == 202
    ((operation, body),) = api.told
    assert (operation, body["taskToken"]) == ("SendTaskSuccess", "secret-token")
    assert '"decision": "preview"' in body["output"]
    assert client.post(f"/v1/drills/{DRILL.id}/preview", json={}, headers=by("ada")).status_code == 409


@pytest.mark.parametrize(("to", "why"), [
    ("2999-01-01T00:00:00Z", "lies in the future"),
    ("2026-11-20T00:00:00Z", "the earliest moment that can be restored is 2026-11-21T00:00:00+00:00"),
])  # fmt: skip
def test_a_moment_that_can_not_be_restored_is_refused_before_anything_begins(
    client: TestClient, api: Api, to: str, why: str
) -> None:
    api.__dict__["runs"] = Verified()
    answer = client.post("/v1/drills", json={"kind": "restore", "reason": "typed", "to": to}, headers=by("ada"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/to"
    assert why in answer.json()["detail"]
    assert api.told == []


def test_a_restore_is_discarded_without_a_word_of_confirmation(client: TestClient, api: Api) -> None:
    answer = client.post(f"/v1/drills/{RESTORE.id}/promote", json=YES | {"accept": False}, headers=by("ada"))
    assert answer.json()["status"] == "discarded"
    assert client.post(f"/v1/drills/{DRILL.id}/promote", json=YES, headers=by("grace")).status_code == 403


def test_an_abort_ends_the_wait(client: TestClient, api: Api) -> None:
    client.post(f"/v1/drills/{DRILL.id}/abort", json={"reason": "wrong day"}, headers=by("ada", "P09-SRE"))
    ((operation, body),) = api.told
    assert (operation, body["error"]) == ("SendTaskFailure", "Aborted")
    found = api.drills.get(DRILL.id)
    assert found
    assert found.abort_by == "ada"


def test_a_drill_is_started_under_a_name_of_its_own(client: TestClient, api: Api) -> None:
    answer = client.post("/v1/drills", json={"reason": "by hand"}, headers=by("ada"))
    assert answer.status_code == 202
    ((operation, body),) = api.told
    assert operation == "StartExecution"
    assert body["name"] == answer.json()["id"]
    assert '"started_by": "ada", "started_by_subject": "subject-of-ada"' in body["input"]


def test_a_drill_to_a_moment_that_nobody_marked_is_refused_with_the_way_out(client: TestClient, api: Api) -> None:
    body = {"reason": "by hand", "to": "2026-11-24T05:00:00Z"}
    answer = client.post("/v1/drills", json=body, headers=by("ada"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/to"
    marked = client.post("/v1/drills", json=body | {"to": "2026-11-24T04:00:00Z"}, headers=by("ada"))
    assert marked.status_code == 202


def test_lists_and_details_are_shown_without_tokens(client: TestClient, api: Api) -> None:
    api.drills.write_step(DRILL.id, Step(name="mark", started_at=NOW.isoformat(), result={"to": "then"}))
    api.drills.note_refusal(DRILL.id, NOW + timedelta(seconds=1), Actor(name="ada", subject="subject-of-ada"), "no")
    page = client.get("/v1/drills?limit=1", headers=by("ada")).json()
    assert [one["id"] for one in page["drills"]] == [RESTORE.id]
    following = client.get("/v1/drills", params={"cursor": page["next_cursor"]}, headers=by("ada")).json()
    assert [one["id"] for one in following["drills"]] == [DRILL.id]
    detail = client.get(f"/v1/drills/{DRILL.id}", headers=by("ada"))
    assert detail.json()["steps"][0]["result"] == {"to": "then"}
    assert detail.json()["steps"][1]["result"] == {"by": "ada"}
    assert "secret-token" not in detail.text
    assert "subject-of" not in detail.text
    assert (detail.json()["started_by"], detail.json()["own"]) == ("ada", True)
    assert not client.get(f"/v1/drills/{DRILL.id}", headers=by("grace")).json()["own"]
    assert client.get("/v1/drills/marks", headers=by("ada")).json()["marks"][0]["rows"] == 3


def test_what_a_step_records_is_shown_only_where_the_view_names_it(client: TestClient, api: Api) -> None:
    result = {"to": "then", "dsn": "a password"}
    api.drills.write_step(DRILL.id, Step(name="mark", started_at=NOW.isoformat(), result=result))
    (step,) = client.get(f"/v1/drills/{DRILL.id}", headers=by("ada")).json()["steps"]
    assert step["result"] == {"to": "then"}


def test_a_plan_does_nothing_and_warns(client: TestClient, api: Api) -> None:
    found = client.get("/v1/drills/plan", params={"kind": "restore", "to": "2026-11-24T05:00:00Z"}, headers=by("ada"))
    assert len(found.json()["steps"]) > 5
    assert len(found.json()["warnings"]) == 2
    assert api.told == []
    assert found.json()["verified_at"] is None


def test_a_plan_says_how_old_what_it_knows_of_the_backups_is(client: TestClient, api: Api) -> None:
    window = {"earliest": "2026-11-20T00:00:00Z", "latest": "2026-11-24T15:59:00Z"}
    verified = Run(
        occasion=Occasion(task="backup_verification", scheduled_for=datetime(2026, 11, 24, 16, tzinfo=UTC)),
        finished_at=datetime(2026, 11, 24, 16, 0, 7, tzinfo=UTC),
        finding=Finding(verdict=Verdict.PASSED, why="So.", measured={"point_in_time": window}),
    )
    api.__dict__["runs"] = SimpleNamespace(latest=lambda _task, limit: [verified][:limit])
    found = client.get("/v1/drills/plan", headers=by("ada")).json()
    assert (found["verified_at"], found["window"]) == ("2026-11-24T16:00:07Z", window)


def test_backups_are_those_of_the_last_verification(client: TestClient) -> None:
    found = client.get("/v1/backups", headers=by("ada")).json()
    assert found["verification"] is None
    assert found["verifications"] == []
