import time
from typing import Any

import pytest

from functions.api.audited_table import AuditedTable
from shared.accounts.model import Account
from shared.accounts.store import AccountStore
from shared.platform.aws.dynamodb import Table
from shared.platform.outbox import waiting
from tests.integration.access.aws import NAME, operations_table
from tests.integration.api.conftest import Api
from tests.integration.api.test_api import assert_problem
from tests.integration.api.test_operations_trail import trail

ADA: dict[str, Any] = {"email": "Ada@Example.com", "name": "Ada", "roles": ["P09-SRE"]}


@pytest.fixture
def table(api: Api, monkeypatch: pytest.MonkeyPatch) -> Any:
    with operations_table(monkeypatch) as table:
        api.services.__dict__["operations"] = AuditedTable(table._call, NAME)
        yield table


def ask(api: Api, path: str, role: str = "P09-Lead", **body: Any) -> Any:
    return api.as_person("POST", path, subject="lead@example.com", groups=[role], json=body)


def account(table: Table, email: str = "ada@example.com") -> Account:
    found = AccountStore(table).get(email)
    assert found
    return found


def test_an_invitation_of_staff_is_kept_told_and_in_the_trail(api: Api, table: Table) -> None:
    answer = ask(api, "/v1/people", **ADA)
    assert answer.status_code == 202
    assert answer.json()["state"] == "pending"
    assert account(table).roles == ("P09-SRE",)
    assert [item["detail_type"] for item in waiting(table)] == ["AccountAsked"]
    listed = api.as_person("GET", "/v1/people", groups=["P09-Auditor"]).json()["people"]
    assert [(one["email"], one["asked_by"]) for one in listed] == [("ada@example.com", "lead@example.com")]
    [row] = trail(api, table)
    assert (row["action"], row["actor"]) == ("invite_person", "person:lead@example.com")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"email": "ada"}, "email"),
        ({"roles": []}, "roles"),
        ({"roles": ["P09-Owner"]}, "roles"),
        ({"name": ""}, "name"),
    ],
    ids=["no address", "no role", "a role that there is not", "no name"],
)
def test_what_is_wrong_with_an_invitation_is_said_at_the_field(api: Api, table: Table, change: Any, where: str) -> None:
    answer = ask(api, "/v1/people", **(ADA | change))
    assert answer.status_code == 422
    assert where in answer.text
    assert AccountStore(table).all() == []


def test_who_is_no_lead_invites_nobody(api: Api, table: Table) -> None:
    assert_problem(ask(api, "/v1/people", "P09-SRE", **ADA), 403, "P09-Lead")
    assert AccountStore(table).all() == []


def test_disabling_is_asked_by_address_and_never_of_oneself(api: Api, table: Table) -> None:
    assert ask(api, "/v1/people/ada@example.com/disable", "P09-SRE", reason="left").status_code == 202
    assert account(table).wanted == "disabled"
    assert_problem(ask(api, "/v1/people/ada@example.com/enable", reason="back"), 409, "under way")
    assert_problem(ask(api, "/v1/people/lead@example.com/disable", reason="oops"), 403, "their own account")


def test_a_session_that_was_ended_is_refused_and_one_that_began_later_is_not(api: Api) -> None:
    assert api.as_person("GET", "/v1/organisations").status_code == 200
    api.services.ended["ada"] = int(time.time()) + 60
    assert_problem(api.as_person("GET", "/v1/organisations"), 401, "the session was ended: sign in again")
    query = {"site_id": api.site_id, "metrics": ["visitors"], "date_range": "day"}
    assert api.as_person("POST", "/v1/query", subject="bob", json=query).status_code != 401
    api.services.ended["ada"] = int(time.time()) - 60
    assert api.as_person("GET", "/v1/organisations").status_code == 200


def test_an_invitation_with_an_address_is_mailed_with_its_link(api: Api, table: Table) -> None:
    path = f"/v1/organisations/{api.organisation_id}/invitations"
    made = api.as_person("POST", path, json={"role": "viewer", "label": "Bob", "email": "bob@example.com"}).json()
    asked = account(table, "bob@example.com")
    assert (asked.name, asked.roles, asked.page) == ("Bob", (), f"/invitation#{made['token']}")
    again = api.as_person("POST", path, json={"role": "viewer", "label": "Bob", "email": "bob@example.com"})
    assert_problem(again, 409, "under way")
    assert len(api.as_person("GET", path).json()["invitations"]) == 1


def test_an_invitation_without_an_address_makes_no_account(api: Api, table: Table) -> None:
    path = f"/v1/organisations/{api.organisation_id}/invitations"
    api.as_person("POST", path, json={"role": "viewer", "label": "Bob"})
    assert AccountStore(table).all() == []
