import csv
import io
import json
from typing import Any
from uuid import UUID

import pytest

from scripts.openapi.apps import ROOT
from shared.audit.chain import OPERATIONS, Head
from shared.audit.store import heads
from tests.integration.api.conftest import THROUGH_CLOUDFRONT, Api
from tests.integration.api.test_api import assert_problem


class Anchors:
    """Anchors in memory."""

    def __init__(self) -> None:
        self.known: dict[UUID, list[Head]] = {}

    def after(self, organisation_id: UUID, sequence: int, limit: int) -> list[Head]:
        return [head for head in self.known.get(organisation_id, []) if head.sequence > sequence][:limit]


@pytest.fixture
def anchors(api: Api) -> Anchors:
    anchors = Anchors()
    api.services.__dict__["anchors"] = anchors
    return anchors


def trail(api: Api, **parameters: Any) -> list[dict[str, Any]]:
    path = f"/v1/organisations/{api.organisation_id}/audit"
    rows: list[dict[str, Any]] = api.as_person("GET", path, params=parameters).json()["rows"]
    return rows


def verification(api: Api, organisation: str = "", **parameters: Any) -> Any:
    parameters |= {"organisation_id": organisation or api.organisation_id}
    answer = api.as_person("GET", "/v1/audit/verification", groups=["P09-Auditor"], params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_somebody_did_is_in_the_trail_of_the_organisation(api: Api) -> None:
    key = api.as_person("POST", f"/v1/sites/{api.site_id}/keys", json={"kind": "read"}).json()
    api.as_person("POST", f"/v1/organisations/{api.organisation_id}/members", json={"subject": "bob", "role": "viewer"})
    headers = THROUGH_CLOUDFRONT | {"x-forwarded-for": "198.51.100.7, 203.0.113.9, testclient"}
    revoked = api.as_person("DELETE", f"/v1/sites/{api.site_id}/keys/{key['key_id']}", headers=headers)

    rows = trail(api)

    assert [row["action"] for row in rows] == [
        "key.revoke", "member.add", "key.create", "key.create", "key.create", "site.create", "organisation.create",
    ]  # fmt: skip
    last = rows[0]
    assert (last["actor"], last["subject"]) == ("person:ada", f"key/{key['key_id']}")
    assert (last["origin"], last["request_id"]) == ("203.0.113.9", revoked.headers["x-request-id"])
    assert rows[1]["after"] == {"role": "viewer"}
    assert key["key"] not in json.dumps(rows)


def test_an_action_that_is_refused_leaves_no_row(api: Api) -> None:
    before = len(trail(api))
    assert_problem(api.as_person("POST", f"/v1/sites/{api.site_id}/keys", subject="eve", json={"kind": "read"}), 404)
    taken = {"name": "x", "domain": "shop.example", "organisation_id": api.organisation_id}
    assert_problem(api.as_person("POST", "/v1/sites", json=taken), 409)

    assert len(trail(api)) == before


def test_a_replay_of_dead_letters_is_in_the_trail_of_operations(api: Api) -> None:
    api.as_person("POST", "/v1/dead-letters/replay", groups=["P09-SRE"], json={"ids": ["1-1"]})

    answer = api.as_person("GET", "/v1/audit", groups=["P09-Auditor"]).json()

    [row] = answer["rows"]
    assert (row["organisation_id"], row["action"]) == (str(OPERATIONS), "dead-letters.replay")
    assert row["after"] == {"ids": ["1-1"]}


def test_a_trail_is_read_by_owners_and_by_nobody_of_another_organisation(api: Api) -> None:
    path = f"/v1/organisations/{api.organisation_id}/audit"
    other = api.add_site("other.example", subject="eve")
    members = f"/v1/organisations/{api.organisation_id}/members"
    api.as_person("POST", members, json={"subject": "bob", "role": "editor"})

    assert_problem(api.as_person("GET", path, subject="eve"), 403)
    assert_problem(api.as_person("GET", path, subject="bob"), 403)
    eves = api.as_person("GET", f"/v1/organisations/{other['organisation_id']}/audit", subject="eve").json()
    assert {row["organisation_id"] for row in eves["rows"]} == {other["organisation_id"]}


def test_a_trail_is_filtered_and_paged(api: Api) -> None:
    assert [row["sequence"] for row in trail(api, action="key.create")] == [4, 3]
    assert trail(api, actor="person:eve") == []
    assert [row["sequence"] for row in trail(api, subject=f"site/{api.site_id}")] == [2]
    assert trail(api, since="2999-01-01T00:00:00Z") == []
    path = f"/v1/organisations/{api.organisation_id}/audit"
    first = api.as_person("GET", path, params={"limit": 3}).json()
    second = api.as_person("GET", path, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [row["sequence"] for row in first["rows"] + second["rows"]] == [4, 3, 2, 1]
    assert second["next_cursor"] is None
    assert_problem(api.as_person("GET", path, params={"since": "2026-01-01T00:00:00"}), 422, "since")
    assert_problem(api.as_person("GET", path, params={"cursor": 0}), 422, "cursor")


def test_a_trail_is_exported_as_json_lines_and_as_csv(api: Api) -> None:
    formula = {"name": "=cmd()", "domain": "formula.example", "organisation_id": api.organisation_id}
    api.as_person("POST", "/v1/sites", subject="ada", json=formula)
    api.as_person(
        "POST", f"/v1/organisations/{api.organisation_id}/members", json={"subject": "=1+1", "role": "viewer"}
    )
    path = f"/v1/organisations/{api.organisation_id}/audit"

    lines = api.as_person("GET", path, params={"format": "jsonl", "limit": 4})
    table = api.as_person("GET", path, params={"format": "csv"})

    assert [json.loads(line)["sequence"] for line in lines.text.splitlines()] == [6, 5, 4, 3]
    assert lines.headers["x-next-cursor"] == "3"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["sequence"] for row in rows] == ["6", "5", "4", "3", "2", "1"]
    assert json.loads(rows[1]["after"])["name"] == "=cmd()"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert "x-next-cursor" not in table.headers
    description = json.loads((ROOT / "shared/http/openapi.json").read_text())
    described = description["paths"]["/v1/organisations/{organisation_id}/audit"]["get"]["responses"]["200"]["content"]
    for answer in (api.as_person("GET", path), lines, table):
        assert answer.headers["content-type"].partition(";")[0] in described


def test_an_untouched_trail_is_verified(api: Api, anchors: Anchors) -> None:
    with api.services.database.transaction() as connection:
        anchors.known = {organisation: [head] for organisation, head in heads(connection)}

    found = verification(api)

    assert (found["verified"], found["until"], found["anchors"]) == (4, 4, 1)
    assert (found["findings"], found["next_cursor"]) == ([], None)
    assert verification(api, str(OPERATIONS))["verified"] == 0


def test_an_altered_trail_is_found_out_with_the_place(api: Api, anchors: Anchors) -> None:
    with api.services.database.transaction() as connection:
        anchors.known = {organisation: [head] for organisation, head in heads(connection)}
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        superuser.run("alter table audit disable trigger append_only")
        superuser.run("update audit set actor = 'person:eve' where sequence = 2")
        superuser.run("delete from audit where sequence = 4")

    found = verification(api)

    assert [(one["first"], one["last"]) for one in found["findings"]] == [(2, 2), (4, 4), (1, 3)]
    assert "altered" in found["findings"][0]["what"]
    assert "missing" in found["findings"][1]["what"]
    assert "perhaps rewritten" in found["findings"][2]["what"]  # without the row that was anchored, who knows


def test_owners_verify_their_own_trail_and_nobody_elses(api: Api, anchors: Anchors) -> None:
    with api.services.database.transaction([UUID(api.organisation_id)]) as connection:
        anchors.known = dict.fromkeys([UUID(api.organisation_id)], list(dict(heads(connection)).values())[:1])
    path = f"/v1/organisations/{api.organisation_id}/audit/verification"
    members = f"/v1/organisations/{api.organisation_id}/members"
    api.add_site("other.example", subject="eve")
    api.as_person("POST", members, json={"subject": "bob", "role": "editor"})

    found = api.as_person("GET", path).json()
    assert found == verification(api)
    assert (found["organisation_id"], found["findings"], found["verified"]) == (api.organisation_id, [], 5)
    for stranger in ("eve", "bob"):
        assert_problem(api.as_person("GET", path, subject=stranger), 403)
    assert_problem(api.as_person("GET", path, params={"cursor": 99}), 404)


def test_an_owner_is_told_where_their_trail_was_altered(api: Api, anchors: Anchors) -> None:
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        superuser.run("alter table audit disable trigger append_only")
        superuser.run("update audit set actor = 'person:eve' where sequence = 2")
    found = api.as_person("GET", f"/v1/organisations/{api.organisation_id}/audit/verification").json()
    assert [(one["first"], one["last"]) for one in found["findings"]] == [(2, 2)]


def test_a_verification_goes_on_where_the_last_ended(api: Api, anchors: Anchors) -> None:
    assert verification(api, cursor="2") | {"organisation_id": ""} == {
        "organisation_id": "", "verified": 2, "until": 4, "anchors": 0, "findings": [], "restores": [], "next_cursor": None,
    }  # fmt: skip
    answer = api.as_person("GET", "/v1/audit/verification", groups=["P09-Auditor"], params={"cursor": 9})
    assert_problem(answer, 404, "no row 9")
