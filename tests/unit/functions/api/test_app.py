import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from typing_extensions import is_typeddict

from functions.api.app import create_app
from functions.api.services import Services
from functions.api.settings import Settings
from scripts.openapi import ROOT, artefacts, openapi_text
from shared.http.openapi import describe


def routes() -> list[APIRoute]:
    app = create_app(Services(Settings(**dict.fromkeys(Settings.__dataclass_fields__, ""))))
    parts: list[Any] = [getattr(route, "original_router", app) for route in app.routes]
    return [route for part in parts for route in part.routes if isinstance(route, APIRoute)]


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
    app = create_app(Services(Settings(**dict.fromkeys(Settings.__dataclass_fields__, ""))))
    first = json.dumps(describe(app))
    assert json.dumps(describe(app)) == first


def test_a_cold_start_imports_no_driver_that_its_first_request_may_not_need() -> None:
    heavy = "boto3 botocore.session pg8000 jwt redis prometheus_client"
    code = (
        "import sys; import shared.http.fast_import; import functions.api.app; "
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
    code = "import shared.http.fast_import; from scripts.openapi import openapi_text; print(openapi_text(), end='')"
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
