import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from shared.calendar.edit import Calendar
from shared.calendar.model import Plan
from shared.calendar.store import CalendarStore
from shared.http.permissions import PERMISSIONS
from shared.kpi.counted import Counted
from shared.kpi.counts import Counts
from shared.platform.aws.signed import AwsUnavailable
from tests.integration.api.conftest import Api, LocalServices
from tests.memory_table import MemoryTable
from tests.servers import HOST


def pageview(visitor: str = "ada", url: str = "https://shop.example/", **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": "pageview", "visitor_id": visitor, "url": url} | fields


def assert_problem(response: Any, status: int, *words: str) -> Any:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == status
    for word in words:
        assert word in json.dumps(document)
    return document


def test_events_become_numbers(api: Api) -> None:
    sent = api.send(pageview(), pageview("bob"), pageview("bob", "https://shop.example/cart"))
    assert (sent.status_code, sent.json()) == (202, {"accepted": 3, "rejected": []})
    assert api.drain().new == 3
    answer = api.query(metrics=["visitors", "visits", "pageviews", "bounce_rate"])
    assert answer.json()["results"] == [{"metrics": [2, 2, 3, 50], "dimensions": []}]
    assert api.call("GET", f"/v1/sites/{api.site_id}/live", api.read_key).json() == {"visitors": 2}


def test_a_browser_event_needs_no_key_and_is_counted_without_its_address_being_stored(api: Api) -> None:
    body = json.dumps({"n": "pageview", "u": "https://shop.example/a", "d": "shop.example", "r": None, "p": {"a": 1}})
    headers = {
        "content-type": "text/plain",
        "x-forwarded-for": "203.0.113.9, 10.0.0.1",
        "user-agent": "Browser",
    }
    for agent in ("Browser", "Browser", "Other"):
        response = api.call("POST", "/api/event", content=body, headers=headers | {"user-agent": agent})
        assert (response.status_code, response.text) == (202, "ok")
        assert response.headers["access-control-allow-origin"] == "*"
    api.drain()
    assert api.query(metrics=["visitors", "pageviews"]).json()["results"][0]["metrics"] == [2, 3]
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:
        stored = json.dumps(superuser.run("select to_jsonb(events)::text from events"))
    assert "203.0.113.9" not in stored


def test_the_worker_is_woken_when_events_begin_to_wait_and_not_again(api: Api) -> None:
    api.send(pageview())
    api.send(pageview())
    assert api.wakes == 1
    api.drain()
    api.send(pageview())
    assert api.wakes == 2


def test_some_bad_events_of_a_batch_are_refused_each_with_its_reason(api: Api) -> None:
    future = (datetime.now(UTC) + timedelta(minutes=6)).isoformat()
    sent = api.send(pageview(), pageview(timestamp=future), {"name": "x", "properties": {"deep": {}}})
    assert sent.status_code == 202
    assert sent.json()["accepted"] == 1
    reasons = {rejection["index"]: rejection["error"] for rejection in sent.json()["rejected"]}
    assert "future" in reasons[1]
    assert reasons[2] == "properties.deep: must be text, a number, true, false or null"


WRONG_BATCHES = [
    (b"{", 400, "not JSON"),
    (b"\xff\xfe", 400, "not UTF-8"),
    (b"[]", 422, "events"),
    (b'{"events": 5}', 422, "events"),
    (b'{"events": []}', 422, "at least one"),
    (b'{"events": [{}]}', 422, "is missing"),
    (b'{"events": [1]}', 422, "dictionary"),
    (b'{"events": [{"name": "x"}], "extra": 1}', 422, "#/extra"),
    (b'{"events": [{"name": "x", "timestamp": "2999-01-01T00:00:00Z"}]}', 422, "future"),
    (b'{"events": [{"name": "x", "timestamp": 5}]}', 422, "ISO 8601"),
    (b'{"events": [{"name": 5}]}', 422, "#/events/0/name"),
    (b'{"events": [{"name": "pageview"}]}', 422, "address"),
    (b'{"events": [{"name": "pageview", "url": "/relative"}]}', 422, "absolute"),
    (b'{"events": [{"name": "pageview", "url": "https://[bad/"}]}', 422, "not an address"),
    (b'{"events": [' + b",".join([b'{"name": "x"}'] * 501) + b"]}", 422, "at most 500"),
    (b" " * (1024 * 1024 + 1), 413, "smaller"),
]


@pytest.mark.parametrize(("body", "status", "words"), WRONG_BATCHES)
def test_a_wrong_batch_is_refused_with_a_problem_document(api: Api, body: bytes, status: int, words: str) -> None:
    assert_problem(api.call("POST", "/v1/events", api.write_key, content=body), status, words)


def test_a_body_that_does_not_say_its_length_is_cut_off_at_the_limit(api: Api) -> None:
    chunks = (b" " * 100_000 for _ in range(20))
    assert_problem(api.call("POST", "/v1/events", api.write_key, content=chunks), 413)


def test_keys_are_checked(api: Api) -> None:
    assert_problem(api.call("POST", "/v1/events", json={"events": [pageview()]}), 401, "write key")
    assert_problem(api.send(pageview(), key="nonsense"), 401, "p09w_")
    assert_problem(api.send(pageview(), key=api.write_key[:-1]), 401, "mistyped")
    assert_problem(api.send(pageview(), key=api.read_key), 403, "read key can't")
    assert_problem(api.query(api.write_key), 403, "a write key can't")
    assert_problem(api.call("POST", "/v1/query", "p09r_", json={}), 401)


def test_a_revoked_key_is_refused_by_an_environment_that_does_not_remember_it(api: Api) -> None:
    keys = api.as_person("GET", f"/v1/sites/{api.site_id}/keys").json()["keys"]
    assert "key" not in keys[0]
    ingest = next(key for key in keys if key["kind"] == "ingest")
    revoked = api.as_person("DELETE", f"/v1/sites/{api.site_id}/keys/{ingest['key_id']}")
    assert revoked.status_code == 204
    assert_problem(api.send(pageview()), 401, "revoked")


WRONG_QUERIES = [
    ({"metrics": ["nonsense"]}, "metrics"),
    ({"nonsense": 1}, "nonsense"),
    ({"date_range": "yesterdayish"}, "date_range"),
    ({"dimensions": ["visit:citty"]}, "must be one of time"),
    ({"date_range": ["2026-02-30", "2026-03-01"]}, "date_range"),
]


@pytest.mark.parametrize(("change", "words"), WRONG_QUERIES)
def test_a_wrong_query_is_refused_with_a_pointer(api: Api, change: dict[str, Any], words: str) -> None:
    assert_problem(api.query(**change), 422, words)


def test_a_query_about_an_unknown_or_foreign_site_is_not_found(api: Api) -> None:
    other = api.add_site("other.example", subject="eve")
    assert_problem(api.query(site_id="999999"), 404)
    assert_problem(api.query(site_id=other["site_id"]), 404)
    assert_problem(api.query(token=api.issuer.token("ada"), site_id=other["site_id"]), 404)
    assert api.query(token=api.issuer.token("ada")).status_code == 200
    assert api.query(site_id="shop.example").status_code == 200


def test_a_domain_belongs_to_one_site_and_only_its_owner_learns_which(api: Api) -> None:
    body = {"name": "Again", "domain": "Shop.example", "organisation_id": api.organisation_id}
    taken = assert_problem(api.as_person("POST", "/v1/sites", json=body), 409, "shop.example")
    assert taken["site_id"] == api.site_id
    other = api.add_site("other.example", subject="eve")
    body["organisation_id"] = other["organisation_id"]
    foreign = assert_problem(api.as_person("POST", "/v1/sites", subject="eve", json=body), 409)
    assert "site_id" not in foreign


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Phobos"},
        {"domain": "has spaces"},
        {"domain": ""},
        {"name": ""},
        {"extra": 1},
        {"organisation_id": "x"},
    ],
)
def test_a_wrong_site_is_refused(api: Api, change: dict[str, Any]) -> None:
    body = {"name": "New", "domain": "new.example", "organisation_id": api.organisation_id}
    assert_problem(api.as_person("POST", "/v1/sites", json=body | change), 422, next(iter(change)))


def test_a_viewer_may_look_and_not_change(api: Api) -> None:
    member = {"subject": "vic", "role": "viewer"}
    assert api.as_person("POST", f"/v1/organisations/{api.organisation_id}/members", json=member).status_code == 201
    assert api.query(token=api.issuer.token("vic")).status_code == 200
    assert_problem(api.as_person("POST", f"/v1/sites/{api.site_id}/keys", subject="vic", json={"kind": "read"}), 403)
    body = {"name": "New", "domain": "new.example", "organisation_id": api.organisation_id}
    assert_problem(api.as_person("POST", "/v1/sites", subject="vic", json=body), 403, "viewer")


def test_unknown_paths_and_methods_are_problems_too(api: Api) -> None:
    assert_problem(api.call("GET", "/nothing"), 404, "openapi")
    assert_problem(api.call("DELETE", "/v1/query"), 405)


def test_health_says_what_was_checked(api: Api) -> None:
    for path in ("/health", "/health/db", "/health/redis"):
        answer = api.call("GET", path).json()
        assert answer["status"] == "ok"
        assert answer["check"]
        assert answer["milliseconds"] >= 0


def test_metrics_are_openmetrics_and_count_what_happened(api: Api) -> None:
    api.send(pageview(), pageview("bob"), {"bad": 1})
    before = api.call("GET", "/metrics")
    assert before.headers["content-type"].startswith("application/openmetrics-text")
    assert before.text.endswith("# EOF\n")
    assert "p09_stream_entries 1.0" in before.text
    # From 0 on: of a series that begins with an error, `increase` does not see that error.
    for method, route in PERMISSIONS:
        for status in (500, 503):
            assert f'p09_http_requests_total{{method="{method}",route="{route}",status="{status}"}} 0.0' in before.text
    api.drain()
    after = api.call("GET", "/metrics").text
    assert 'p09_http_requests_total{method="POST",route="/v1/events",status="202"} 1.0' in after
    assert 'p09_http_request_duration_seconds_bucket{le="0.2",method="POST",route="/v1/events"} 1.0' in after
    assert "p09_events_accepted_total 2.0" in after
    assert "p09_events_rejected_total 1.0" in after
    assert f'p09_site_visits_total{{site="{api.site_id}"}} 2.0' in after
    assert "p09_stream_entries 0.0" in after


def test_metrics_count_what_no_function_answered(api: Api) -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    counts = Counts(requests=1000, errors=30, latencies={100: 700, 500: 60}, beyond=40, long=200, long_slow=9)
    api.services.counted = Counted(lambda since: {day: counts} if day >= since else {})
    text = api.call("GET", "/metrics").text
    assert "p09_edge_requests_total 1000.0" in text
    assert "p09_edge_errors_total 30.0" in text
    assert "p09_edge_long_requests_total 200.0" in text
    assert "p09_edge_long_requests_slow_total 9.0" in text
    bucket = "p09_edge_request_duration_seconds_bucket"
    for bound, count in (("0.05", 0), ("0.1", 700), ("0.2", 700), ("0.5", 760), ("10", 760), ("+Inf", 800)):
        assert f'{bucket}{{le="{bound}"}} {count}.0' in text


def test_an_edge_that_counted_nothing_yet_is_exported_as_zero(api: Api) -> None:
    api.services.counted = Counted(lambda _since: {})
    text = api.call("GET", "/metrics").text
    assert "p09_edge_requests_total 0.0" in text
    assert "p09_edge_errors_total 0.0" in text
    assert 'p09_edge_request_duration_seconds_bucket{le="+Inf"} 0.0' in text


@pytest.mark.parametrize("is_on", [True, False])
def test_metrics_say_whether_a_maintenance_is_on(api: Api, *, is_on: bool) -> None:
    now = datetime.now(UTC)
    store = CalendarStore(MemoryTable())
    vars(api.services)["calendar"] = store
    start = now - timedelta(minutes=1) if is_on else now + timedelta(hours=1)
    plan = Plan(
        kind="maintenance",
        title="Upgrade",
        reason="-",
        start=start,
        end=now + timedelta(hours=2),
        components=("analytics",),
    )
    Calendar(store, ["analytics"], by="grace", now=now - timedelta(minutes=1)).plan(plan)
    assert f"p09_maintenance_active {float(is_on)}" in api.call("GET", "/metrics").text


def test_metrics_without_the_operations_table_still_tell_what_functions_answered(api: Api) -> None:
    def fails(_since: datetime) -> dict[datetime, Counts]:
        raise AwsUnavailable("no answer")

    api.services.counted = Counted(fails)
    text = api.call("GET", "/metrics").text
    assert "p09_edge" not in text
    assert "p09_http_requests_total" in text


def test_dead_letters_are_listed_and_replayed_by_an_sre(api: Api) -> None:
    api.services.valkey.run("XADD", "{ingest}:events", "*", "what", "is this")
    for _ in range(5):
        api.drain()
    [letter] = api.as_person("GET", "/v1/dead-letters").json()["dead_letters"]
    assert "format" in letter["error"]
    assert_problem(api.as_person("POST", "/v1/dead-letters/replay", json={"ids": [letter["id"]]}), 403, "P09-SRE")
    replayed = api.as_person("POST", "/v1/dead-letters/replay", groups=["P09-SRE"], json={"ids": [letter["id"]]})
    assert replayed.json() == {"replayed": 1}
    assert api.as_person("GET", "/v1/dead-letters").json()["dead_letters"] == []


def test_sites_are_paged(api: Api) -> None:
    for number in range(3):
        body = {"name": "New", "domain": f"{number}.example", "organisation_id": api.organisation_id}
        assert api.as_person("POST", "/v1/sites", json=body).status_code == 201
    first = api.as_person("GET", "/v1/sites?limit=3").json()
    second = api.as_person("GET", f"/v1/sites?limit=3&cursor={first['next_cursor']}").json()
    assert [len(first["sites"]), len(second["sites"]), second["next_cursor"]] == [3, 1, None]
    assert_problem(api.as_person("GET", "/v1/sites?limit=0"), 422, "limit")


def test_a_key_reads_its_own_site_and_no_other_of_its_organisation(api: Api) -> None:
    body = {"name": "Blog", "domain": "blog.example", "organisation_id": api.organisation_id}
    other = api.as_person("POST", "/v1/sites", json=body).json()["site_id"]
    key = api.as_person("POST", f"/v1/sites/{other}/keys", json={"kind": "read"}).json()["key"]
    sites = {api.read_key: (api.site_id, "shop.example"), key: (other, "blog.example")}
    for token, own in sites.items():
        assert [site["site_id"] for site in api.call("GET", "/v1/sites", token).json()["sites"]] == [own[0]]
        for reference in (api.site_id, "shop.example", other, "blog.example"):
            asked = [api.query(token, site_id=reference), api.call("GET", f"/v1/sites/{reference}/live", token)]
            assert {response.status_code for response in asked} == {200 if reference in own else 404}


def test_an_environment_remembers_a_key_for_a_minute_and_for_an_hour_while_postgres_is_down(api: Api) -> None:
    now = 1000.0
    api.functions["collect"].sites._clock = lambda: now
    keys = api.as_person("GET", f"/v1/sites/{api.site_id}/keys").json()["keys"]
    browser = {"name": "pageview", "url": "https://shop.example/", "domain": "shop.example"}

    def statuses() -> set[int]:
        return {api.send(pageview()).status_code, api.call("POST", "/api/event", json=browser).status_code}

    assert statuses() == {202}
    with postgres_down(api):
        for now, answers in [(1059.9, {202}), (1060.0, {202}), (4599.9, {202}), (4600.0, {503}), (9999.0, {503})]:
            assert statuses() == answers, now
    assert statuses() == {202}
    ingest = next(key for key in keys if key["kind"] == "ingest")
    with api.migrated.server.connect_as_superuser(api.migrated.name) as superuser:  # another environment revokes it
        superuser.run("update keys set revoked_at = now() where id = :id", id=ingest["key_id"])
    now += 59.9
    assert api.send(pageview()).status_code == 202
    now += 0.2
    assert_problem(api.send(pageview()), 401, "revoked")
    with postgres_down(api):
        assert_problem(api.send(pageview()), 503)


@contextmanager
def postgres_down(api: Api) -> Iterator[None]:
    name = api.migrated.name
    with api.migrated.server.connect_as_superuser() as superuser:
        superuser.run(f"alter database {name} allow_connections false")
        superuser.run("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = :name", name=name)
        try:
            yield
        finally:
            superuser.run(f"alter database {name} allow_connections true")


@pytest.mark.parametrize("answer", [(500, b"{}"), (403, b"{}"), (200, b'{"FailedEntryCount": 1, "Entries": [{}]}')])
def test_a_wake_up_that_fails_is_tried_again_with_the_next_events(
    api: Api, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, bytes]
) -> None:
    answers = [answer, answer, (200, b'{"FailedEntryCount": 0}')]
    with a_bus(answers) as (endpoint, wakes):
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setattr(LocalServices, "wake", lambda services: super(LocalServices, services).wake())
        for count in (1, 2, 3, 3):
            assert api.send(pageview()).status_code == 202
            assert len(wakes) == count
    assert {wake["Entries"][0]["DetailType"] for wake in wakes} == {"EventsWaiting"}


@contextmanager
def a_bus(answers: list[tuple[int, bytes]]) -> Iterator[tuple[str, list[Any]]]:
    """An event bus that gives these answers; its address, and what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answers[len(asked)]
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()
