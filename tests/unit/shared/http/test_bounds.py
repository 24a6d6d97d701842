"""Numbers and times of requests: each has bounds, and none makes a 500."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared.calendar.store import CalendarStore
from shared.changes.store import ChangeStore
from shared.changes.waits import WaitStore
from shared.http.openapi import FILE
from shared.identity.identity import DBA, SRE, Person
from shared.kpi.store import KpiStore
from shared.runbook.store import RunStore
from tests.gateway import gateway_with
from tests.memory_table import MemoryTable
from tests.unit.shared.http.test_permissions import IDS, NoServers

DIGITS = "9" * 400
NUMBERS = ["5e-324", "1e308", "-1e308", "nan", "inf", "-inf", "-1", "0", str(2**63), str(-(2**63) - 1), DIGITS]
MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T00:00:00Z", "1e300", "-1e300", DIGITS]
DAYS = ["0001-01-01", "9999-12-31", "1e300", DIGITS]


class Everybody:
    def verify(self, token: str) -> Person:
        return Person(token, frozenset({SRE, DBA}))


class Operations(NoServers):
    """The operations table answers, and is empty; the other servers are down."""

    tokens: Any = Everybody()
    kpis: Any = KpiStore(MemoryTable())
    runs: Any = RunStore(MemoryTable())
    calendar: Any = CalendarStore(MemoryTable())
    changes: Any = ChangeStore(MemoryTable())
    promotion_waits: Any = WaitStore(MemoryTable())


DESCRIBED: dict[str, Any] = json.loads(FILE.read_bytes())


def alternatives(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one for part in schema.get("anyOf", [schema]) for one in (alternatives(part) if "anyOf" in part else [part])
    ]


def extremes(schema: dict[str, Any]) -> list[str]:
    found = []
    for one in alternatives(schema):
        if one.get("type") in {"integer", "number"}:
            found += NUMBERS
        found += {"date-time": MOMENTS, "date": DAYS}.get(one.get("format", ""), [])
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIBED["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


PARAMETERS = [
    (method, path, parameter["name"], parameter["schema"])
    for method, path, operation in operations()
    for parameter in operation.get("parameters", [])
    if extremes(parameter["schema"])
]


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of a body, where it is read by FastAPI."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in {"Event", "Query"}:
        yield from DESCRIBED["components"]["schemas"][name].get("properties", {}).items()


BODIES = [
    (method, path, name, field)
    for method, path, operation in operations()
    for media in operation.get("requestBody", {}).get("content", {}).values()
    for name, field in fields(media["schema"])
    if extremes(field)
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(gateway_with(Operations), raise_server_exceptions=False) as client:
        yield client


def test_there_are_numbers_and_times_to_try() -> None:
    assert len(PARAMETERS) > 20
    assert len(BODIES) > 10


@pytest.mark.parametrize(("method", "path", "name", "schema"), [*PARAMETERS, *BODIES])
def test_every_number_of_a_request_has_a_least_and_a_greatest(
    method: str, path: str, name: str, schema: dict[str, Any]
) -> None:
    for one in alternatives(schema):
        if one.get("type") in {"integer", "number"}:
            assert one.keys() & {"minimum", "exclusiveMinimum"}, f"{method} {path} {name}"
            assert one.keys() & {"maximum", "exclusiveMaximum"}, f"{method} {path} {name}"


@pytest.mark.parametrize(("method", "path", "name", "schema"), PARAMETERS)
def test_no_number_and_no_time_of_a_query_is_an_error_of_ours(
    client: TestClient, method: str, path: str, name: str, schema: dict[str, Any]
) -> None:
    for value in extremes(schema):
        headers = {"authorization": "Bearer ada"}
        answer = client.request(method, path.format(**IDS), params={name: value}, headers=headers)
        assert answer.status_code != 500, (name, value, answer.text)


@pytest.mark.parametrize(("method", "path", "name", "schema"), BODIES)
def test_no_number_and_no_time_of_a_body_is_an_error_of_ours(
    client: TestClient, method: str, path: str, name: str, schema: dict[str, Any]
) -> None:
    good = {
        "kind": "freeze", "title": "t", "reason": "because of it", "impact": "none", "commit": "0" * 40, "digest": "0" * 64,
        "start": "2999-01-01T00:00:00Z", "end": "2999-01-02T00:00:00Z", "committed_at": "2026-01-01T00:00:00Z",
        "planned_for": "2026-01-01T00:00:00Z", "owner": "ada",
    }  # fmt: skip
    known = dict(fields({"$ref": _model(method, path)}))
    for value in extremes(schema):
        headers = {"authorization": "Bearer ada"}
        body = {key: one for key, one in good.items() if key in known} | {name: value}
        answer = client.request(method, path.format(**IDS), json=body, headers=headers)
        assert answer.status_code != 500, (name, value, answer.text)


def _model(method: str, path: str) -> str:
    body = DESCRIBED["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    return str(body["$ref"])
