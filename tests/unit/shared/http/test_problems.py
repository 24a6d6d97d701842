"""What every problem says, wherever it comes from."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import functions
import shared
from shared.http.openapi import FILE, paths
from shared.http.problem_types import PAGE, PROBLEM_TYPES
from shared.http.problems import handle_errors
from shared.platform.refusals import NotAllowed, NotNow, Refusal, Refused, Unknown, quoted
from tests.gateway import gateway_with
from tests.unit.shared.http.test_permissions import IDS, NoServers

STATUSES = {Refused: 422, NotNow: 409, NotAllowed: 403, Unknown: 404}
ROUTES = [
    file
    for folder in functions.__path__
    for file in sorted(Path(folder).glob("*/**/*.py"))
    if "routes" in file.parts or file.name in {"routes.py", "change_desk.py"}
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(gateway_with(NoServers), raise_server_exceptions=False) as client:
        yield client


def refusals() -> list[type[Refusal]]:
    """Every refusal that any subject declares."""
    for module in pkgutil.walk_packages(shared.__path__, "shared."):
        importlib.import_module(module.name)
    found: list[type[Refusal]] = []
    waiting = list(Refusal.__subclasses__())
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += one.__subclasses__()
    return found


def test_every_refusal_belongs_to_one_of_the_four_families() -> None:
    found = refusals()
    assert len(found) > 10
    assert all(issubclass(one, tuple(STATUSES)) for one in found)


@pytest.mark.parametrize("kind", refusals(), ids=lambda kind: kind.__name__)
def test_every_refusal_is_answered_with_the_status_of_its_family(kind: type[Refusal]) -> None:
    app = FastAPI()
    handle_errors(app)

    async def refuse() -> None:
        error = kind.__new__(kind)
        Refusal.__init__(error, "no", "title", parameter="", hint=1)
        raise error

    app.add_api_route("/", refuse)
    answer = TestClient(app).get("/")
    [status] = [status for family, status in STATUSES.items() if issubclass(kind, family)]
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["errors"] == [{"pointer": "#/title", "detail": "no"}]
    assert answer.json()["hint"] == 1


def test_no_route_names_the_status_of_a_refusal() -> None:
    assert len(ROUTES) > 20
    named = [
        f"{file.name}: {ast.unparse(call)}"
        for file in ROUTES
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Problem"
        if "SERVICE_UNAVAILABLE" not in ast.unparse(call)
    ]
    assert named == []


def test_every_problem_is_one_of_the_catalogue_under_the_documentation(client: TestClient) -> None:
    answers = [
        client.get("/nothing"),
        client.patch("/health"),
        client.get("/v1/kpis"),
        client.get("/v1/kpis", headers={"authorization": "Bearer no-role"}),
        client.get("/v1/drills/plan?kind=party", headers={"authorization": "Bearer P09-SRE"}),
        client.get("/health/db"),
        client.post("/v1/incidents", content=b"{", headers={"authorization": "Bearer P09-SRE"}),
    ]
    for answer in answers:
        document = answer.json()
        address, _, slug = document["type"].partition("#")
        kind = PROBLEM_TYPES[slug]
        assert (address, document["title"], document["status"]) == (PAGE, kind.title, kind.status)
        assert answer.status_code == kind.status


def test_a_slash_too_many_is_told_and_never_a_redirect(client: TestClient) -> None:
    for method, path in (
        ("POST", "/v1/events/"),
        ("GET", "/v1/sites/?a=1"),
        ("GET", "/health/"),
        ("GET", "/v1/kpis//"),
    ):
        answer = client.request(method, path, follow_redirects=False)
        assert answer.status_code == 404
        assert "location" not in answer.headers
        assert "leave out the slash at its end" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/health", "/health/db", "/health/redis", "/metrics"])
def test_what_monitors_ask_for_answers_head_as_it_answers_get(client: TestClient, path: str) -> None:
    head, got = client.head(path), client.get(path)
    assert head.status_code == got.status_code != 405
    assert head.headers["content-type"] == got.headers["content-type"]


def texts() -> list[str]:
    """What a form could say wrong, at each place that has a pattern."""
    return re.findall(r"'pattern': '(.*?)'[,}]", str(json.loads(FILE.read_bytes())))


def test_no_message_holds_a_regular_expression(client: TestClient) -> None:
    headers = {"authorization": "Bearer P09-SRE"}
    asked: list[Any] = [client.get(path, headers=headers) for path in _wrong_ids()]
    asked += [
        client.post("/v1/sites", json={"domain": "https://shop.example/", "name": "a\x01"}, headers=headers),
        client.post("/v1/invitations/acceptance", json={"token": "p09i_short"}, headers=headers),
        client.post("/v1/changes", json={"commit": "x", "digest": "y", "title": "a\n"}, headers=headers),
        client.post("/v1/calendar", json={"components": ["A B"], "reason": "\x00"}, headers=headers),
        client.post("/v1/announcements", json={"thread": "x", "channels": ["!"]}, headers=headers),
    ]
    patterns = texts()
    assert len(patterns) > 20
    for answer in asked:
        assert answer.status_code == 422
        said = [answer.json()["detail"], *(error["detail"] for error in answer.json()["errors"])]
        assert not [
            text for text in said for pattern in patterns if pattern in text or "^" in text or "pattern" in text
        ]


def _wrong_ids() -> list[str]:
    return [
        path.format(**IDS | {parameter["name"]: "WRONG!"})
        for path, methods in paths().items()
        for parameter in methods.get("get", {}).get("parameters", [])
        if parameter["in"] == "path" and "pattern" in parameter["schema"]
        if "subject" not in path
    ]


def test_a_refused_value_is_quoted_back_and_never_at_length(client: TestClient) -> None:
    headers = {"authorization": "Bearer P09-SRE"}
    answer = client.get("/v1/kpis/latency/decisions?limit=5000", headers=headers)
    assert answer.json()["detail"] == "limit: '5000' must be less than or equal to 100"
    answer = client.get("/v1/incidents", params={"state": "x" * 4000}, headers=headers)
    assert "'xxx" in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 400
    secret = client.post("/v1/invitations/acceptance", json={"token": "p09i_short"}, headers=headers)
    assert "p09i_short" not in secret.text


def test_what_is_quoted_is_printable_and_short() -> None:
    assert quoted("a\nb\x00\ud800") == "'a\\nb\\x00\\ud800'"
    assert len(quoted("é" * 1000)) < 110
    assert quoted(12) == "'12'"
