"""How old the system's secrets are and when they are due; never what they hold."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from functions.api.services import Services, ServicesOf

if TYPE_CHECKING:
    from shared.runbook.model import Runbook

router = APIRouter(tags=["access"])


class SecretView(BaseModel):
    """``rotates`` is ``never`` for what no function of this system rotates; ``why`` then says who does, or why nobody.

    ``since`` is when the current version was made, null for what is not in Secrets Manager. ``wrong`` is empty while all is well.
    """

    name: str
    title: str
    rotates: Literal["by schedule", "on demand", "never"]
    why: str
    since: datetime | None
    age_days: int | None
    due_at: datetime | None
    unfinished_since: datetime | None
    wrong: str


class SecretList(BaseModel):
    secrets: list[SecretView]


@router.get("/v1/access/secrets", summary="Secrets, their age and when they are due")
async def list_secrets(services: ServicesOf) -> SecretList:
    """Every secret of the system, in the runbook's order."""
    from shared.runbook.load import the_runbook

    return SecretList(secrets=list(_views(services, the_runbook(), datetime.now(UTC))))


def _views(services: Services, runbook: "Runbook", now: datetime) -> Iterator[SecretView]:
    from shared.rotation.age import age_of
    from shared.rotation.versions import versions_of

    for name, secret in runbook.secrets.items():
        versions = versions_of(services.secrets, services.settings.stage, name) if secret.stored else []
        age = age_of(versions, runbook.due_after(name), now)
        yield SecretView(
            name=name,
            title=secret.title,
            rotates="by schedule" if secret.scheduled else "on demand" if secret.kind else "never",
            why=secret.why or "",
            since=age and age.since,
            age_days=age and (now - age.since).days,
            due_at=age and age.due_at,
            unfinished_since=age and age.unfinished_since,
            wrong=age.wrong if age else "it is not there: deploying makes it" if secret.stored else "",
        )
