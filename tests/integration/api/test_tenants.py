import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from pg8000.native import Connection

from shared.identity.people import change_role, remove_member
from tests.integration.api.conftest import Api
from tests.integration.api.test_api import assert_problem, pageview


def members(api: Api) -> dict[str, str]:
    return members_as(api, "ada")


def members_as(api: Api, subject: str) -> dict[str, str]:
    path = f"/v1/organisations/{api.organisation_id}/members"
    return {one["subject"]: one["role"] for one in api.as_person("GET", path, subject=subject).json()["members"]}


def invite(api: Api, role: str = "viewer") -> Any:
    path = f"/v1/organisations/{api.organisation_id}/invitations"
    return api.as_person("POST", path, json={"role": role, "label": "bob@example.com"}).json()


def accept(api: Api, token: str, subject: str) -> Any:
    return api.as_person("POST", "/v1/invitations/acceptance", subject=subject, json={"token": token})


def member(api: Api, method: str, subject: str, *, by: str = "ada", **arguments: Any) -> Any:
    path = f"/v1/organisations/{api.organisation_id}/members/{subject}"
    return api.as_person(method, path, subject=by, **arguments)


def keys(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.as_person("GET", f"/v1/sites/{api.site_id}/keys").json()["keys"]
    return found


def test_an_invitation_makes_a_member_once(api: Api) -> None:
    invitation = invite(api, "editor")

    assert accept(api, invitation["token"], "bob").json() == {"organisation_id": api.organisation_id, "role": "editor"}
    assert members(api) == {"ada": "owner", "bob": "editor"}
    assert_problem(accept(api, invitation["token"], "eve"), 404, "was used")
    assert members(api) == {"ada": "owner", "bob": "editor"}


def test_a_member_is_called_as_the_invitation_called_them(api: Api) -> None:
    accept(api, invite(api)["token"], "bob")

    path = f"/v1/organisations/{api.organisation_id}/members"
    shown = api.as_person("GET", path, subject="bob").json()["members"]
    assert {one["subject"]: one["label"] for one in shown} == {"ada": "", "bob": "bob@example.com"}


def test_an_invitation_that_was_withdrawn_or_expired_is_worth_nothing(api: Api) -> None:
    first, second = invite(api), invite(api)
    path = f"/v1/organisations/{api.organisation_id}/invitations"
    assert [one["id"] for one in api.as_person("GET", path).json()["invitations"]] == [first["id"], second["id"]]
    assert "token" not in api.as_person("GET", path).text
    assert api.as_person("DELETE", f"{path}/{first['id']}").status_code == 204
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        superuser.run("update invitations set expires_at = now() where id = :id", id=second["id"])

    for made in (first, second):
        assert_problem(accept(api, made["token"], "bob"), 404)
    assert api.as_person("GET", path).json() == {"invitations": []}
    assert_problem(api.as_person("DELETE", f"{path}/{first['id']}"), 404)


def test_a_token_that_nobody_made_is_refused(api: Api) -> None:
    assert_problem(accept(api, "p09i_" + "a" * 43, "bob"), 404)
    assert_problem(accept(api, "nonsense", "bob"), 422, "token")


def test_only_owners_change_who_belongs_to_the_organisation(api: Api) -> None:
    for subject, role in (("bob", "editor"), ("cy", "viewer")):
        accept(api, invite(api, role)["token"], subject)
    path = f"/v1/organisations/{api.organisation_id}"
    for subject in ("bob", "cy", "eve"):
        assert_problem(member(api, "PUT", "ada", by=subject, json={"role": "viewer"}), 403)
        assert_problem(member(api, "DELETE", "ada", by=subject), 403)
        invitation = {"role": "owner", "label": "x"}
        assert_problem(api.as_person("POST", f"{path}/invitations", subject=subject, json=invitation), 403)
        assert_problem(api.as_person("GET", f"{path}/invitations", subject=subject), 403)
    assert_problem(api.as_person("GET", f"{path}/members", subject="eve"), 403)
    assert members(api) == {"ada": "owner", "bob": "editor", "cy": "viewer"}


def test_roles_change_and_people_go(api: Api) -> None:
    accept(api, invite(api)["token"], "bob")

    assert member(api, "PUT", "bob", json={"role": "editor"}).json() == {"role": "editor"}
    assert (
        api.as_person("POST", f"/v1/sites/{api.site_id}/keys", subject="bob", json={"kind": "read"}).status_code == 201
    )
    assert member(api, "DELETE", "bob", by="bob").status_code == 204  # one may always leave
    assert_problem(api.as_person("GET", f"/v1/sites/{api.site_id}/keys", subject="bob"), 404)
    assert_problem(member(api, "DELETE", "bob"), 404)
    assert_problem(member(api, "PUT", "bob", json={"role": "owner"}), 404)
    trail = api.as_person("GET", f"/v1/organisations/{api.organisation_id}/audit").json()["rows"]
    assert [row["action"] for row in trail[:3]] == ["member.remove", "key.create", "member.change"]
    assert (trail[2]["before"], trail[2]["after"]) == ({"role": "viewer"}, {"role": "editor"})


def test_the_last_owner_stays_one(api: Api) -> None:
    assert_problem(member(api, "DELETE", "ada"), 409, "owner")
    assert_problem(member(api, "PUT", "ada", json={"role": "viewer"}), 409, "owner")
    assert member(api, "PUT", "ada", json={"role": "owner"}).status_code == 200
    accept(api, invite(api, "owner")["token"], "bob")
    assert member(api, "DELETE", "ada").status_code == 204


@pytest.mark.parametrize("leave", [
    lambda connection, organisation: remove_member(connection, organisation, "ada"),
    lambda connection, organisation: change_role(connection, organisation, "ada", "viewer"),
])  # fmt: skip
@pytest.mark.parametrize(("method", "body"), [("DELETE", None), ("PUT", {"role": "viewer"})])
def test_two_owners_who_leave_at_the_same_time_do_not_both_go(
    api: Api, leave: Callable[[Connection, UUID], object], method: str, body: dict[str, str] | None
) -> None:
    """The second waits until the first has left, and then is the last."""
    accept(api, invite(api, "owner")["token"], "bob")
    organisation = UUID(api.organisation_id)
    answers: list[Any] = []
    bob = Thread(target=lambda: answers.append(member(api, method, "bob", by="bob", json=body)))
    with api.migrated.database("p09_api").transaction([organisation]) as first:
        leave(first, organisation)
        bob.start()
        wait_until(lambda: bool(answers) or somebody_waits(api))
    bob.join()
    assert_problem(answers[0], 409, "owner")
    assert members_as(api, "bob")["bob"] == "owner"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def somebody_waits(api: Api) -> bool:
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        [[waiting]] = superuser.run(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        )
    return bool(waiting)


def test_a_key_is_replaced_with_an_overlap(api: Api) -> None:
    old = next(key for key in keys(api) if key["kind"] == "ingest")
    path = f"/v1/sites/{api.site_id}/keys/{old['key_id']}/rotation"

    new = api.as_person("POST", path, json={"overlap_seconds": 3600}).json()

    assert new["kind"] == "ingest"
    assert api.send(pageview()).status_code == api.send(pageview(), key=new["key"]).status_code == 202
    until = datetime.fromisoformat(next(key for key in keys(api) if key["key_id"] == old["key_id"])["expires_at"])
    assert 3500 < (until - datetime.now(UTC)).total_seconds() <= 3600
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        superuser.run("update keys set expires_at = now() where id = :id", id=old["key_id"])
    api.forget_keys()  # as a minute later
    assert_problem(api.send(pageview()), 401, "revoked")
    assert api.send(pageview(), key=new["key"]).status_code == 202
    assert_problem(api.as_person("POST", path, json={}), 404, "that works")


def test_a_key_without_overlap_ends_at_once(api: Api) -> None:
    old = next(key for key in keys(api) if key["kind"] == "read")
    path = f"/v1/sites/{api.site_id}/keys/{old['key_id']}/rotation"
    new = api.as_person("POST", path, json={"overlap_seconds": 0}).json()["key"]
    api.forget_keys()
    assert_problem(api.query(), 401)
    assert api.query(new).status_code == 200
    assert_problem(api.as_person("POST", path, json={"overlap_seconds": 10**9}), 422, "overlap_seconds")


def test_when_a_key_was_last_used_is_shown(api: Api) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert {key["last_used_at"] for key in keys(api)} == {None}

    api.send(pageview())

    used = {key["kind"]: key["last_used_at"] for key in keys(api)}
    assert used["read"] is None
    assert datetime.fromisoformat(used["ingest"]) >= before


def test_a_transaction_that_names_no_organisation_sees_no_row_of_any_table(api: Api) -> None:
    api.add_site("other.example", subject="eve")
    invite(api)
    api.send(pageview())
    api.drain()
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        tables = [
            name
            for (name,) in superuser.run(
                "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') "
                "and has_table_privilege('p09_api', oid, 'select') and not relispartition"
            )
        ]
        filled = {name for name in tables if superuser.run(f"select 1 from {name} limit 1")}
    assert {"organisations", "members", "sites", "keys", "invitations", "audit", "events", "visits"} <= filled
    with api.services.database.transaction() as connection:
        assert {name: connection.run(f"select count(*) from {name}") for name in tables} == {
            name: [[0]] for name in tables
        }
