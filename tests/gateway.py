"""The three HTTP functions behind one address, as the gateway has them: by its own routes, all else to `api`."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from fastapi import FastAPI
from fastapi.routing import APIRoute

from scripts.openapi.apps import ROOT, app_of, services_of
from shared.http.app import App
from shared.http.permissions import API, Function

_PARAMETER: Final = re.compile(r"\{\w+\}")
FUNCTIONS: Final[tuple[Function, ...]] = get_args(Function)
ROUTES: Final[Mapping[Function, list[str]]] = json.loads((ROOT / "infra" / "gateway.json").read_text())
PATTERNS: Final = [
    (re.compile(_PARAMETER.sub("[^/]+", route.removeprefix("ANY "))), function)
    for function, routes in ROUTES.items()
    for route in routes
]


class Gateway:
    """An ASGI app over the apps of the functions."""

    def __init__(self, apps: Mapping[Function, FastAPI]) -> None:
        self._apps = apps

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._apps[function_of(scope.get("path", ""))](scope, receive, send)


def function_of(path: str) -> Function:
    return next((function for pattern, function in PATTERNS if pattern.fullmatch(path)), API)


def routes_in(app: App) -> list[APIRoute]:
    """All routes that are declared, those of sections that no request has asked for among them."""
    app.include_all()
    parts: list[Any] = [app, *(getattr(route, "original_router", None) for route in app.routes)]
    return [route for part in parts for route in getattr(part, "routes", ()) if isinstance(route, APIRoute)]


def gateway(services: Mapping[Function, Any]) -> Gateway:
    return Gateway({function: app_of(function, one) for function, one in services.items()})


def gateway_with(*instead: type[Any], **settings: str) -> Gateway:
    """All functions, with parts of their services replaced."""
    return gateway({function: services_of(function, *instead, **settings) for function in FUNCTIONS})
