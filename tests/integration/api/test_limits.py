import json
import tomllib
from typing import Any

import pytest

from shared.http.limits import Limits
from shared.runbook.load import FILE
from tests.integration.api.conftest import THROUGH_CLOUDFRONT, Api
from tests.integration.api.test_api import assert_problem, pageview

RUNBOOK = tomllib.loads(FILE.read_text())["limits"]


def limit(api: Api, **changes: Any) -> None:
    """The runbook's limits, some of them with another burst; nothing comes back within a test."""
    table = {name: dict(one) for name, one in RUNBOOK.items()}
    for name, burst in changes.items():
        table[name] = {"units": burst} if name == "monthly_events" else {"burst": burst, "per_second": 0.001}
    for services in api.functions.values():
        services.__dict__["limits"] = Limits.read(json.dumps(table))


def stored(api: Api) -> int:
    return int(api.services.valkey.run("XLEN", "{ingest}:events"))


def test_what_is_left_is_told_with_each_batch(api: Api) -> None:
    limit(api, ingest_key=10)

    answer = api.send(pageview(), pageview())

    assert answer.status_code == 202
    assert answer.headers["ratelimit-policy"] == '"ingest_key";q=10;w=10000'
    assert answer.headers["ratelimit"] == '"ingest_key";r=8;t=2000'


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("ingest_key", "write key"),
        ("ingest_organisation", "ingest organisation"),
        ("monthly_events", "monthly events"),
    ],
)
def test_beyond_a_limit_nothing_is_accepted(api: Api, name: str, called: str) -> None:
    limit(api, **{name: 3})
    assert api.send(pageview(), pageview()).status_code == 202

    answer = api.send(pageview(), pageview())

    document = assert_problem(answer, 429, called, "try again in")
    assert document["limit"] == name
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["ratelimit"].startswith(f'"{name}";r=1;t=')
    assert stored(api) == 1
    assert api.send(pageview()).status_code == 202


def test_a_noisy_tenant_does_not_slow_another(api: Api) -> None:
    other = api.add_site("other.example", subject="eve")
    limit(api, ingest_organisation=5, query_organisation=3)
    for _ in range(20):
        api.send(pageview(), key=other["write_key"])
        api.query(other["read_key"], site_id=other["site_id"])
    assert_problem(api.send(pageview(), key=other["write_key"]), 429)
    assert_problem(api.query(other["read_key"], site_id=other["site_id"]), 429)

    assert [api.send(pageview()).status_code for _ in range(5)] == [202] * 5
    assert api.query().status_code == 200


def test_keys_of_one_organisation_share_what_it_may_send(api: Api) -> None:
    second = api.as_person("POST", f"/v1/sites/{api.site_id}/keys", json={"kind": "ingest"}).json()["key"]
    limit(api, ingest_organisation=4)

    statuses = [api.send(pageview(), key=key).status_code for key in (api.write_key, second) * 3]

    assert statuses == [202] * 4 + [429] * 2


def test_browsers_are_limited_by_their_address_which_is_not_stored(api: Api) -> None:
    limit(api, ingest_address=2)
    body = json.dumps({"n": "pageview", "u": "https://shop.example/a", "d": "shop.example"})

    def send(forwarded: str, proof: dict[str, str] = THROUGH_CLOUDFRONT) -> int:
        headers = {"content-type": "text/plain", "x-forwarded-for": forwarded} | proof
        return int(api.call("POST", "/api/event", content=body, headers=headers).status_code)

    # What a client writes before the address that our edge saw is its own tale.
    assert [send(f"198.51.100.{n}, 203.0.113.9") for n in range(4)] == [202, 202, 429, 429]
    assert send("203.0.113.10") == 202
    assert [send(f"2001:db8:7::{n}") for n in range(4)] == [202, 202, 429, 429]
    # Who calls the gateway itself is one address, whatever they tell.
    assert [send(f"203.0.113.{n}", {}) for n in range(20, 24)] == [202, 202, 429, 429]
    keys = api.services.valkey.run("KEYS", "*limit*")
    assert keys
    assert not any(b"203.0.113" in key or b"2001:db8" in key for key in keys)


def test_a_person_is_limited_whatever_they_ask_for(api: Api) -> None:
    limit(api, person=3)
    answers = [api.as_person("GET", path) for path in ("/v1/sites", "/v1/organisations", "/v1/sites", "/v1/sites")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].headers["retry-after"] == "1000"
    assert api.as_person("GET", "/v1/sites", subject="eve").status_code == 200


def test_operations_are_not_limited(api: Api) -> None:
    limit(api, person=1)
    for _ in range(3):
        assert api.as_person("GET", "/v1/audit", groups=["P09-Auditor"]).status_code == 200


def test_without_valkey_nobody_who_asks_for_numbers_is_limited(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.platform.valkey import ValkeyUnavailable

    limit(api, person=1)
    asked = []

    class Down:
        def pipeline(self, *_: object, **__: object) -> None:
            asked.append(1)
            raise ValkeyUnavailable("down")

    monkeypatch.setitem(api.services.__dict__, "valkey", Down())
    for _ in range(3):
        assert api.as_person("GET", "/v1/sites").status_code == 200
    assert len(asked) == 1  # not waited for again within two seconds


def test_limits_of_the_runbook_hold_the_largest_batch() -> None:
    assert all(one["burst"] >= 500 for name, one in RUNBOOK.items() if name.startswith("ingest"))
