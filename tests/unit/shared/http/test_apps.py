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

from scripts.openapi.__main__ import artefacts, openapi_text
from scripts.openapi.apps import ROOT, apps
from scripts.openapi.description import describe
from shared.http.openapi import FILE
from tests.gateway import FUNCTIONS, gateway_with
from tests.unit.shared.http.test_permissions import NoServers


def routes() -> list[APIRoute]:
    """Of all three functions."""
    parts: list[Any] = [getattr(route, "original_router", app) for app in apps().values() for route in app.routes]
    return [route for part in parts for route in getattr(part, "routes", ()) if isinstance(route, APIRoute)]


def callables(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for dependency in dependant.dependencies:
        yield from callables(dependency)


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.path)
def test_no_endpoint_and_no_dependency_takes_the_way_through_a_thread_pool(route: APIRoute) -> None:
    assert all(inspect.iscoroutinefunction(call) for call in callables(route.dependant))


@pytest.mark.parametrize("path", artefacts())
def test_what_is_committed_is_what_the_routes_give(path: str) -> None:
    assert (ROOT / path).read_text() == artefacts()[path]


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
    assert described.stdout == openapi_text()


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
