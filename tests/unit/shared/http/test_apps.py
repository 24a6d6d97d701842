import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic import TypeAdapter
from typing_extensions import is_typeddict

from functions.api.app import SECTIONS
from scripts.openapi.__main__ import artefacts
from scripts.openapi.apps import ROOT, app_of, apps, services_of
from scripts.openapi.description import describe
from shared.http.openapi import FILE
from shared.http.permissions import ANYONE, API, PERMISSIONS, routes_of
from tests.gateway import FUNCTIONS, gateway_with, routes_in
from tests.unit.shared.http.test_permissions import IDS, NoServers


def routes() -> list[APIRoute]:
    """Of all three functions."""
    return [route for app in apps().values() for route in routes_in(app)]


def callables(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for dependency in dependant.dependencies:
        yield from callables(dependency)


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.path)
def test_no_endpoint_and_no_dependency_takes_the_way_through_a_thread_pool(route: APIRoute) -> None:
    assert all(inspect.iscoroutinefunction(call) for call in callables(route.dependant))


def test_what_is_committed_is_what_the_routes_give() -> None:
    for path, text in artefacts().items():
        assert (ROOT / path).read_text() == text, path


def test_the_description_is_the_same_each_time_it_is_asked_for() -> None:
    found = apps().values()
    first = json.dumps(describe(found))
    assert json.dumps(describe(found)) == first


def test_the_description_is_answered_as_it_is_committed() -> None:
    answer = TestClient(gateway_with(NoServers)).get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content == FILE.read_bytes()


def test_functions_that_describe_different_things_by_one_name_are_not_joined() -> None:
    documents = [{"paths": {}, "components": {"schemas": {"Site": {"type": kind}}}} for kind in ("object", "string")]
    described: Any = [SimpleNamespace(openapi=partial(dict, document)) for document in documents]
    with pytest.raises(ValueError, match="different things as Site"):
        describe(described)


def test_a_cold_start_imports_the_routes_that_its_first_request_is_for_and_no_others() -> None:
    code = (
        "import sys; import shared.http.fast_import; from fastapi.testclient import TestClient; "
        "from scripts.openapi.apps import app_of, services_of; from tests.unit.shared.http.test_permissions import NoServers; "
        "client = TestClient(app_of('api', services_of('api', NoServers))); "
        "routes = lambda: {name.rpartition('.')[2] for name in sys.modules if name.startswith('functions.api.routes.')}; "
        "assert not routes(), routes(); "
        "assert client.get('/health').status_code == 200; assert routes() == {'health'}, routes(); "
        "assert client.get('/nowhere').status_code == 404; assert routes() == {'health'}, routes(); "
        "assert client.get('/v1/sites').status_code == 401; assert routes() == {'health', 'sites', 'keys'}, routes()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_module_of_routes_stands_in_a_section() -> None:
    folder = ROOT / "functions" / "api" / "routes"
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert {module for section in SECTIONS.values() for module in section} == modules


@pytest.mark.parametrize(("method", "path"), [route for route in PERMISSIONS if route in routes_of(API)])
def test_every_route_is_found_by_the_first_request_of_an_environment(method: str, path: str) -> None:
    client = TestClient(app_of(API, services_of(API, NoServers)), raise_server_exceptions=False)
    answer = client.request(method, path.format(**IDS))
    # Who may call is asked only once the route is found.
    assert answer.status_code in ({401} if ANYONE not in PERMISSIONS[method, path] else {200, 503})


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_imports_no_driver_that_its_first_request_may_not_need(function: str) -> None:
    heavy = "boto3 botocore.session pg8000 jwt redis prometheus_client jinja2 slack_sdk"
    code = (
        f"import sys; import shared.http.fast_import; import functions.{function}.app; "
        f"print(*[name for name in '{heavy}'.split() if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_the_workers_cold_start_imports_no_pydantic() -> None:
    code = (
        "import sys; import shared.storage.drain, shared.storage.counters, shared.platform.wiring; "
        "print('pydantic' in sys.modules, 'boto3' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]


def test_deferred_models_describe_the_api_no_differently() -> None:
    code = "import shared.http.fast_import; from scripts.openapi.__main__ import openapi_text; print(openapi_text(), end='')"
    described = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert described.stdout == FILE.read_text()


ANSWERS = [route for route in routes() if route.response_model is not None and route.include_in_schema]


@pytest.mark.parametrize("route", ANSWERS, ids=lambda route: route.path)
def test_an_answer_is_a_view_whose_schema_no_cold_start_waits_for(route: APIRoute) -> None:
    assert is_typeddict(route.response_model)
    assert TypeAdapter(route.response_model).pydantic_complete is False


def test_a_view_is_written_once_and_names_its_fields() -> None:
    views = sorted(ROOT.glob("shared/*/view.py"))
    assert len(views) > 10
    for file in views:
        declared = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]
        assert all(ast.unparse(one.bases[0]) != "BaseModel" for one in declared)
    shown = [file.read_text() for file in ROOT.glob("shared/*/show.py")]
    assert shown
    assert not [text for text in shown if "-> dict[str, Any]" in text]
