"""The app of console and operations, and the trail of what its routes change."""

from collections.abc import Mapping
from typing import Final

from fastapi import Response

from functions.api.services import Services
from functions.api.trail import audit_operation
from shared.http.app import App, build_app
from shared.http.openapi import FILE

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "health": ("health",),
    "metrics": ("metrics",),
    "sites": ("sites", "keys"),
    "organisations": ("organisations", "members", "audit"),
    "invitations": ("members",),
    "audit": ("audit",),
    "people": ("people",),
    "access": ("roles", "secrets", "database_credentials"),
    "dead-letters": ("dead_letters",),
    "kpis": ("kpis",),
    "decisions": ("kpis",),
    "runbook": ("runbook",),
    "incidents": ("incidents",),
    "reviews": ("reviews",),
    "announcements": ("announcements",),
    "calendar": ("calendar",),
    "backups": ("backups",),
    "drills": ("drills",),
    "changes": ("changes",),
    "delivery": ("changes",),
}
"""The modules of `routes` by the first name of their paths."""


def create_app(services: Services) -> App:
    """The app on these services; building it connects to nothing."""
    sections = {
        name: tuple(f"functions.api.routes.{module}" for module in modules) for name, modules in SECTIONS.items()
    }
    app = build_app(services, sections=sections, after=[audit_operation])

    async def describe_api() -> Response:
        return Response(FILE.read_bytes(), media_type="application/json")

    app.add_api_route("/openapi.json", describe_api, include_in_schema=False)
    return app
