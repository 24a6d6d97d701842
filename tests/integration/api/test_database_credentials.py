import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError

from shared.credentials.reconcile import reconcile
from shared.credentials.store import LeaseStore
from shared.platform.failures import PostgresUnavailable
from shared.platform.outbox import waiting
from shared.platform.postgres import connect
from tests.integration.access.aws import operations_table
from tests.integration.access.test_database_credentials import drop_all, quietly
from tests.integration.api.conftest import Api
from tests.integration.api.test_api import assert_problem

PATH = "/v1/access/database-credentials"
REASON = "look into slow query 7"


@pytest.fixture
def office(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with operations_table(monkeypatch) as table:
        api.services.__dict__["operations"] = table
        address = api.migrated.address
        for name, value in (
            ("postgres_host", address.host),
            ("postgres_port", str(address.port)),
            ("postgres_database", address.database),
        ):
            object.__setattr__(api.services.settings, name, value)
        yield api
    drop_all(api.migrated.server)


def ask(api: Api, role: str = "DBA", subject: str = "dee", **body: Any) -> Any:
    return api.as_person("POST", PATH, subject=subject, groups=[f"P09-{role}"], json={"reason": REASON} | body)


def act(
    api: Api, method: str, credential: str, rest: str = "", role: str = "DBA", subject: str = "dee", **body: Any
) -> Any:
    arguments = {"json": body} if body else {}
    return api.as_person(method, f"{PATH}/{credential}{rest}", subject=subject, groups=[f"P09-{role}"], **arguments)


def test_a_credential_is_shown_once_works_and_ends(office: Api) -> None:
    made = ask(office, duration_seconds=600).json()
    session = connect(
        office.migrated.address, user=made["role"], password=made["password"], application="psql", timeout=20
    )
    session.run("select count(*) from organisations")

    listed = office.as_person("GET", PATH, groups=["P09-Auditor"])
    assert made["password"] not in listed.text
    [shown] = listed.json()["credentials"]
    assert (shown["id"], shown["by"], shown["state"], shown["reason"]) == (made["id"], "dee", "active", REASON)
    until = datetime.fromisoformat(made["expires_at"])
    assert abs(until - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=60)

    ended = act(office, "DELETE", made["id"], role="Lead", subject="lee")
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    with pytest.raises((DatabaseError, InterfaceError, OSError)):
        session.run("select 1")
    quietly(session)()
    assert act(office, "DELETE", made["id"]).json()["state"] == "ended"  # once more does no harm
    trail = office.as_person("GET", "/v1/audit", groups=["P09-Auditor"]).json()["rows"]
    assert [(row["action"], row["actor"]) for row in trail] == [
        ("database-credential.end", "person:lee"), ("database-credential.issue", "person:dee"),
    ]  # fmt: skip
    assert trail[1]["reason"] == REASON
    told = {item["detail_type"] for item in waiting(office.services.operations)}
    assert told == {"DatabaseCredentialIssued", "DatabaseCredentialEnded"}


WRONG = [
    ({"reason": "short"}, "reason"),
    ({"duration_seconds": 8 * 3600 + 1}, "duration_seconds"),
    ({"duration_seconds": 0}, "duration_seconds"),
    ({"access": "superuser"}, "access"),
    ({"more": 1}, "more"),
]


@pytest.mark.parametrize(("body", "pointer"), WRONG)
def test_what_nobody_may_have_is_refused(office: Api, body: dict[str, Any], pointer: str) -> None:
    assert_problem(ask(office, **body), 422, f"#/{pointer}")
    assert office.services.leases.all_open() == []


def test_only_the_dba_role_gets_one_without_breaking_the_glass(office: Api) -> None:
    assert_problem(ask(office, role="SRE"), 403, "break_glass")
    assert_problem(ask(office, role="Lead"), 403)
    assert_problem(ask(office, role="SRE", break_glass=True, duration_seconds=7200), 422, "3600")
    assert ask(office, role="SRE", break_glass=True).status_code == 201


def test_a_break_glass_is_approved_by_a_second_person(office: Api) -> None:
    made = ask(office, role="SRE", subject="sam", break_glass=True).json()
    approval = {"reason": "database was down"}

    assert_problem(act(office, "POST", made["id"], "/approval", subject="sam", **approval), 403, "second person")
    assert act(office, "POST", made["id"], "/approval", "Lead", "lee", **approval).json()["approved_by"] == "lee"
    assert_problem(act(office, "POST", made["id"], "/approval", "Lead", "lee", **approval), 409)
    usual = ask(office).json()
    assert_problem(act(office, "POST", usual["id"], "/approval", "Lead", "lee", **approval), 409)
    assert office.services.leases.unapproved() == []
    [told] = [item for item in waiting(office.services.operations) if item["detail_type"] == "BreakGlassApproved"]
    assert json.loads(str(told["detail"]))["approved_by"] == "lee"


def test_persons_are_told_apart_whatever_name_they_go_by(office: Api) -> None:
    made = ask(office, role="SRE", subject="sam", break_glass=True).json()
    assert made["own"]
    path, approval = f"{PATH}/{made['id']}/approval", {"reason": "database was down"}

    def approve(subject: str, name: str) -> Any:
        return office.call("POST", path, office.issuer.token(subject, ["P09-Lead"], p09_name=name), json=approval)

    assert_problem(approve("sam", "samuel@example.com"), 403, "second person")
    approved = approve("lee", "sam").json()
    assert (approved["by"], approved["approved_by"], approved["own"]) == ("sam", "sam", False)


def test_an_end_waits_for_a_postgresql_that_is_down(office: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(office).json()

    class Down:
        def end(self, *_: object) -> None:
            raise PostgresUnavailable("down")

    with monkeypatch.context() as patch:
        patch.setitem(office.services.__dict__, "credentials", Down())
        answer = act(office, "DELETE", made["id"])
    assert (answer.status_code, answer.json()["state"]) == (202, "ending")

    report = office.services.credentials.end_due(lambda: datetime.now(UTC), lambda _: None, ahead=timedelta())
    assert report.ended == (made["id"],)
    assert act(office, "DELETE", made["id"]).json()["ended_why"] == "ended by person:dee"


def test_an_unknown_credential_is_not_found(office: Api) -> None:
    assert_problem(act(office, "DELETE", "a" * 12), 404)
    assert_problem(act(office, "DELETE", "A"), 422)


def test_pages_are_newest_first(office: Api) -> None:
    made = [ask(office).json()["id"] for _ in range(3)]
    first = office.as_person("GET", PATH, groups=["P09-DBA"], params={"limit": 2}).json()
    second = office.as_person("GET", PATH, groups=["P09-DBA"], params={"cursor": first["next_cursor"]}).json()
    assert sorted(one["id"] for one in first["credentials"] + second["credentials"]) == sorted(made)
    assert second["next_cursor"] is None


def test_the_daily_comparison_tells_and_ends_what_should_not_be_there(office: Api) -> None:
    kept, lost = ask(office).json(), ask(office).json()
    with office.migrated.server.connect_as_superuser(office.migrated.name) as superuser:
        superuser.run("create role p09_temp_yyyyyyyyyyyy login")  # nobody but a superuser can drop this one
        superuser.run("create role eve login")
        superuser.run("drop owned by " + lost["role"])
        superuser.run("drop role " + lost["role"])
        superuser.run("set role p09_admin")
        superuser.run("create role p09_temp_zzzzzzzzzzzz login")
    try:
        store = LeaseStore(office.services.operations)
        found = reconcile(office.services.database, store, datetime.now(UTC))
    finally:
        with office.migrated.server.connect_as_superuser() as superuser:
            superuser.run("drop role eve")

    strays = {"p09_temp_yyyyyyyyyyyy", "p09_temp_zzzzzzzzzzzz"}
    assert {one.role for one in found.differences} == {"eve", lost["role"]} | strays
    assert set(found.ended) == {"p09_temp_zzzzzzzzzzzz", lost["role"]}
    told = [item for item in waiting(office.services.operations) if item["detail_type"] == "DatabaseRoleUnexpected"]
    assert len(told) == 4
    assert [lease.id for lease in store.all_open()] == [kept["id"]]
    again = reconcile(office.services.database, store, datetime.now(UTC))
    assert [one.role for one in again.differences] == ["p09_temp_yyyyyyyyyyyy"]
    settled = [item for item in waiting(office.services.operations) if item["detail_type"] == "DatabaseRoleSettled"]
    assert {json.loads(str(item["detail"]))["role"] for item in settled} == {
        "eve",
        lost["role"],
        "p09_temp_zzzzzzzzzzzz",
    }
    assert store.unexpected_roles() == ["p09_temp_yyyyyyyyyyyy"]
    assert (again.ended, again.leases) == ((), 1)
