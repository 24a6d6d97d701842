"""The apps of the three HTTP functions, connected to nothing: to be described and tested."""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_args

from shared.http.app import App
from shared.http.permissions import Function

ROOT: Final = Path(__file__).parents[2]


def apps() -> dict[Function, App]:
    return {function: app_of(function, services_of(function)) for function in get_args(Function)}


def app_of(function: Function, services: Any) -> App:
    """The function's app on these services."""
    app: App = import_module(f"functions.{function}.app").create_app(services)
    return app


def services_of(function: Function, *instead: type[Any], **given: str) -> Any:
    """The function's services, parts of which may be of other classes instead; settings that are not given are empty."""
    settings = import_module(f"functions.{function}.settings").Settings
    services = import_module(f"functions.{function}.services").Services
    kind = type("Services", (*instead, services), {})
    return kind(settings(**{name: given.get(name, "") for name in settings.__dataclass_fields__}))
