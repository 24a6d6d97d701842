"""How old the system's secrets are and when they are due; never what they hold."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter

from functions.api.services import Services, ServicesOf
from shared.rotation.view import SecretList, SecretView

if TYPE_CHECKING:
    from shared.runbook.model import Runbook

router = APIRouter(tags=["access"])


@router.get("/v1/access/secrets", summary="Secrets, their age and when they are due")
async def list_secrets(services: ServicesOf) -> SecretList:
    """Every secret of the system, in the runbook's order."""
    from shared.runbook.load import the_runbook

    return {"secrets": list(_views(services, the_runbook(), datetime.now(UTC)))}


def _views(services: Services, runbook: "Runbook", now: datetime) -> Iterator[SecretView]:
    from shared.rotation.age import age_of
    from shared.rotation.versions import versions_of

    for name, secret in runbook.secrets.items():
        versions = versions_of(services.secrets, services.settings.stage, name) if secret.stored else []
        age = age_of(versions, runbook.due_after(name), now)
        yield {
            "name": name,
            "title": secret.title,
            "rotates": "by schedule" if secret.scheduled else "on demand" if secret.kind else "never",
            "why": secret.why or "",
            "since": age.since if age else None,
            "age_days": (now - age.since).days if age else None,
            "due_at": age.due_at if age else None,
            "unfinished_since": age.unfinished_since if age else None,
            "wrong": age.wrong if age else "it is not there: deploying creates it" if secret.stored else "",
        }
