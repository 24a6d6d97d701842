"""What `collect`, `query` and `api` have in common: who may call, errors, the envelope and telemetry around their routes."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI
from starlette.types import Receive, Scope, Send

from shared.http.authorise import authorise
from shared.http.door import through_the_edge
from shared.http.envelope import Envelope
from shared.http.problems import handle_errors
from shared.http.services import Services
from shared.http.telemetry import Telemetry

DESCRIPTION: Final = """Customer analytics: events in, numbers out.

Errors are problem documents (RFC 9457): `detail` says what is wrong and how to mend it, `errors` point at the fields.
Keys (`p09w_…` to send, `p09r_…` to read) and access tokens of people go into the header `Authorization: Bearer …`."""

_API: Final = "v1"

Sections = Mapping[str, tuple[str, ...]]
"""The modules with the routers of all paths that begin with a name, such as ``sites`` for ``/v1/sites/…``."""


class App(FastAPI):
    """An app that imports a section of its routes when the first request for it comes: a cold start waits for no other."""

    def __init__(self, sections: Sections, **settings: Any) -> None:
        super().__init__(**settings)
        self._sections = sections
        self._included: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._include(self._sections.get(section_of(scope["path"]), ()))
        await super().__call__(scope, receive, send)

    def include_all(self) -> None:
        """Import what no request has asked for yet: to be described or looked through."""
        for modules in self._sections.values():
            self._include(modules)

    def openapi(self) -> dict[str, Any]:
        self.include_all()
        return super().openapi()

    def _include(self, modules: Iterable[str]) -> None:
        for module in modules:
            if module not in self._included:
                self.include_router(import_module(module).router)
                self._included.add(module)


def section_of(path: str) -> str:
    """The first name of a path, behind the version."""
    first, _, rest = path.lstrip("/").partition("/")
    return rest.partition("/")[0] if first == _API else first


def build_app(
    services: Services,
    routers: Iterable[APIRouter] = (),
    sections: Sections | None = None,
    after: Iterable[Any] = (),
) -> App:
    """An app on these services; building it connects to nothing.

    Parameters
    ----------
    routers
        Routes that every cold start builds.
    sections
        Routes that wait for their first request.
    after
        Dependencies of every route that run once the caller is known.
    """
    app = App(
        sections or {},
        title="P09", version="1", description=DESCRIPTION,
        dependencies=[Depends(through_the_edge), Depends(authorise), *map(Depends, after)],
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )  # fmt: skip
    app.state.services = services
    for router in routers:
        app.include_router(router)
    handle_errors(app)
    app.add_middleware(Envelope)
    app.add_middleware(Telemetry, valkey=lambda: services.telemetry_valkey)
    return app
