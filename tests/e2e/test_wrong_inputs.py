from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from local.api import Api
from local.customers import SiteAccess, owner
from tests.e2e.local_system import ORGANISATION, LocalSystem

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
PAGEVIEW = {"name": "pageview", "url": "https://example.com/"}


def event(**fields: Any) -> dict[str, Any]:
    return {"events": [{**PAGEVIEW, **fields}]}


def query(**fields: Any) -> dict[str, Any]:
    return {"metrics": ["visitors"], "date_range": "7d", **fields}


def assert_problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"], "a problem says what to do"
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize(
    ("path", "authorization"),
    [
        ("/v1/events", None),
        ("/v1/events", "Bearer p09w_wrong"),
        ("/v1/events", "Bearer"),
        ("/v1/events", "Basic dXNlcjpwYXNz"),
        ("/v1/query", None),
        ("/v1/query", "Bearer p09r_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbcccccccc"),
        ("/v1/query", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtZSJ9."),
    ],
)
def test_without_a_right_key_there_is_a_401(system: LocalSystem, path: str, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    answer = Api(system.url).raw("POST", path, json=event(), headers=headers)
    assert_problem(answer, 401)


def test_a_read_key_can_not_send_events(system: LocalSystem, site: SiteAccess) -> None:
    answer = Api(system.url, site.read_key).raw("POST", "/v1/events", json=event())
    assert answer.status_code in {401, 403}
    assert_problem(answer, answer.status_code)


def test_a_revoked_key_is_refused(system: LocalSystem, site: SiteAccess) -> None:
    api, _ = owner(system.facts, ORGANISATION)
    made = api.post(f"/v1/sites/{site.site_id}/keys", {"kind": "ingest"})
    api.delete(f"/v1/sites/{site.site_id}/keys/{made['key_id']}")
    assert_problem(Api(system.url, made["key"]).raw("POST", "/v1/events", json=event()), 401)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{not json", 400),
        (b"", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b'{"events": 7}', 422),
        (b'{"events": []}', 422),
        (b'{"events": [7]}', 422),
        (b'{"events": [{"name": 7}]}', 422),
        (b'{"events": [{"name": "pageview", "url": "no address"}]}', 422),
        (b'{"events": [' + b",".join([b'{"name": "x"}'] * 501) + b"]}", 422),
        (b'{"events": [{"name": "' + b"x" * 1_100_000 + b'"}]}', 413),
    ],
    ids=lambda value: str(value[:24] if isinstance(value, bytes) else value),
)
def test_a_body_that_is_no_batch_is_refused(system: LocalSystem, site: SiteAccess, body: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    assert_problem(Api(system.url, site.write_key).raw("POST", "/v1/events", content=body, headers=headers), status)


@pytest.mark.parametrize(
    "fields",
    [
        {"timestamp": TOMORROW},
        {"timestamp": "yesterday"},
        {"timestamp": 7},
        {"unknown": "field"},
        {"properties": {f"property {number}": 1 for number in range(31)}},
        {"properties": {"nested": {"not": "scalar"}}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_event_that_is_wrong_is_refused_with_its_place_and_a_reason(
    system: LocalSystem, site: SiteAccess, fields: dict[str, Any]
) -> None:
    answer = Api(system.url, site.write_key).raw("POST", "/v1/events", json=event(**fields))
    problem = assert_problem(answer, 422)
    assert any("/events/0" in error["pointer"] and error["detail"] for error in problem["errors"])


def test_a_wrong_event_does_not_stop_the_others_of_its_batch(system: LocalSystem, site: SiteAccess) -> None:
    batch = {"events": [PAGEVIEW, {**PAGEVIEW, "timestamp": TOMORROW}]}
    answer = Api(system.url, site.write_key).post("/v1/events", batch)
    assert answer["accepted"] == 1
    assert [rejected["index"] for rejected in answer["rejected"]] == [1]
    assert "future" in answer["rejected"][0]["error"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"site_id": "999999"}, 404),
        ({"site_id": None}, 422),
        ({"metrics": ["happiness"]}, 422),
        ({"metrics": []}, 422),
        ({"date_range": "yesteryear"}, 422),
        ({"date_range": ["2026-02-30", "2026-03-01"]}, 422),
        ({"dimensions": ["event:mood"]}, 422),
        ({"unknown": "field"}, 422),
        ({"pagination": {"limit": -1}}, 422),
    ],
    ids=str,
)
def test_a_query_that_is_wrong_is_refused(
    system: LocalSystem, site: SiteAccess, fields: dict[str, Any], status: int
) -> None:
    body = query(**{"site_id": site.site_id, **fields})
    assert_problem(Api(system.url, site.read_key).raw("POST", "/v1/query", json=body), status)


@pytest.mark.parametrize(
    "fields",
    [{"timezone": "Mars/Olympus_Mons"}, {"domain": "not a domain"}, {"name": ""}, {"unknown": 1}],
    ids=lambda fields: next(iter(fields)),
)
def test_a_site_that_is_wrong_is_refused(system: LocalSystem, fields: dict[str, str]) -> None:
    api, organisation_id = owner(system.facts, ORGANISATION)
    body = {"name": "Site", "domain": "new.example", "organisation_id": organisation_id, **fields}
    assert_problem(api.raw("POST", "/v1/sites", json=body), 422)


def test_a_tracker_of_an_unknown_domain_gets_no_server_error(system: LocalSystem) -> None:
    body = {"n": "pageview", "u": "https://unknown.example/", "d": "unknown.example"}
    answer = Api(system.url).raw("POST", "/api/event", json=body)
    assert answer.status_code < 500


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("DELETE", "/v1/query", 405)])
def test_an_unknown_route_is_a_problem_too(system: LocalSystem, method: str, path: str, status: int) -> None:
    assert_problem(Api(system.url).raw(method, path), status)
