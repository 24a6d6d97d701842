from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from scripts.generate.gateway import routes as gateway_routes
from scripts.openapi.apps import apps
from shared.backups.drill import SIGNING_ROLE
from shared.http.permissions import (
    ANYONE,
    DECIDERS,
    PERMISSIONS,
    PERSON,
    READ_KEY,
    ROUTES,
    WRITE_KEY,
    Function,
    Row,
    routes_of,
)
from shared.identity.identity import AUDITOR, PIPELINE, ROLES, InvalidToken, KeyBearer, Person, Pipeline
from shared.identity.keys import Key, make_key
from shared.platform.valkey import ValkeyUnavailable
from tests.gateway import FUNCTIONS, function_of, gateway_with, routes_in

IDS = {
    "site_id": "1",
    "key_id": str(UUID(int=1)),
    "organisation_id": str(UUID(int=1)),
    "subject": "ada",
    "invitation_id": str(UUID(int=1)),
    "credential_id": "0tp0fa79jw5z",
    "kpi_id": "latency",
    "drill_id": "drill-20261125T040000Z",
    "decision_id": "latency-20261123T120500Z",
    "announcement_id": "20261123T120500Z-0123456789ab",
    "task_id": "redis_memory",
    "run_id": "redis_memory-20261123T120000Z",
    "entry_id": "maintenance-0123456789ab",
    "action_id": "1",
    "change_id": "CHG-20261124T120000Z-0a1b2c",
    "incident_id": "INC-20261124-120000-0a1b2c",
    "email": "nobody@people.example",
    "review_id": "PIR-20261124-120000-0a1b2c",
}
TOKENS = {
    "nobody": "",
    "forger": "forged",
    WRITE_KEY: make_key("ingest").text.reveal(),
    READ_KEY: make_key("read").text.reveal(),
    PERSON: "no-role",
    PIPELINE: "pipeline",
    **{role: role for role in sorted(ROLES)},
}


class KnownKeys:
    def bearer(self, key: Key) -> KeyBearer:
        return KeyBearer(1, uuid4(), key.kind, key.prefix)


class KnownPeople:
    """A token is the name of the person's role."""

    def verify(self, token: str) -> Person | Pipeline:
        if token == "forged":
            raise InvalidToken("forged")
        if token == TOKENS[PIPELINE]:
            return Pipeline()
        return Person("ada", ROLES.intersection({token}))


class NoServers:
    """Every caller is known and every server is down: who gets past the table meets a 422 or 503."""

    sites: Any = KnownKeys()
    tokens: Any = KnownPeople()

    @property
    def valkey(self) -> Any:
        raise ValkeyUnavailable("none in unit tests")

    database: Any = valkey
    telemetry_valkey: Any = valkey
    visitors: Any = valkey
    health_database: Any = valkey
    health_valkey: Any = valkey
    kpis: Any = valkey
    announcements: Any = valkey
    anchors: Any = valkey
    leases: Any = valkey
    credentials: Any = valkey
    runs: Any = valkey
    calendar: Any = valkey
    changes: Any = valkey
    incidents: Any = valkey
    reviews: Any = valkey
    drills: Any = valkey


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(gateway_with(NoServers)) as client:
        yield client


def may(caller: str, allowed: frozenset[str]) -> bool:
    if ANYONE in allowed or caller in allowed:
        return True
    return caller in ROLES and PERSON in allowed


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_serves_exactly_the_rows_that_the_table_gives_it(function: Function) -> None:
    routes = {(method, route.path) for route in routes_in(apps()[function]) for method in route.methods or ()}
    assert routes == routes_of(function)


@pytest.mark.parametrize(("method", "path"), PERMISSIONS)
def test_the_gateway_sends_a_request_to_the_function_that_serves_it(method: str, path: str) -> None:
    assert function_of(path.format(**IDS)) == ROUTES[method, path].function


def test_two_functions_never_share_a_path() -> None:
    shared = {("GET", "/both"): Row("query", frozenset()), ("POST", "/both"): Row("collect", frozenset())}
    with pytest.raises(ValueError, match="/both: both query and collect serve it"):
        gateway_routes(shared)


@pytest.mark.parametrize(
    ("caller", "route"),
    list(product(TOKENS, PERMISSIONS)),
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_the_table_decides_who_gets_through(client: TestClient, caller: str, route: tuple[str, str]) -> None:
    method, path = route
    headers = {"authorization": f"Bearer {TOKENS[caller]}"} if TOKENS[caller] else {}
    answer = client.request(method, path.format(**IDS), headers=headers)
    refused = answer.status_code in (401, 403)
    assert refused != may(caller, PERMISSIONS[route]), answer.text
    if refused:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


def test_what_each_operations_role_may_do_is_shown_as_the_table_says(client: TestClient) -> None:
    answer = client.get("/v1/access/roles", headers={"authorization": f"Bearer {TOKENS[AUDITOR]}"})
    shown = answer.json()["permissions"]
    table = {route: allowed for route, allowed in PERMISSIONS.items() if allowed <= ROLES | {PIPELINE}} | DECIDERS
    assert {(one["method"], one["path"]): frozenset(one["roles"]) for one in shown} == table
    assert all(one["summary"] for one in shown)


def test_the_console_is_told_of_decisions_what_drills_say() -> None:
    assert set(DECIDERS.values()) == {frozenset({SIGNING_ROLE})}


def test_the_pipeline_takes_changes_to_production_and_does_nothing_else() -> None:
    assert {route for route, allowed in PERMISSIONS.items() if PIPELINE in allowed} == {
        ("GET", "/v1/changes"),
        ("GET", "/v1/changes/{change_id}"),
        ("POST", "/v1/changes"),
        ("POST", "/v1/changes/{change_id}/artefact"),
        ("POST", "/v1/changes/{change_id}/steps"),
        ("POST", "/v1/changes/{change_id}/promote"),
        ("POST", "/v1/changes/{change_id}/roll-back"),
    }
