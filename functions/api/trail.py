"""Who did what, written into the transaction of the action: routes that change something end with ``trail.write``."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Request

from shared.audit.chain import OPERATIONS, Entry
from shared.http.client import viewer_address
from shared.http.permissions import PERMISSIONS
from shared.identity.identity import PIPELINE, ROLES, KeyBearer, Person, Pipeline

if TYPE_CHECKING:
    from pg8000.native import Connection

_OF_OPERATIONS: Final = ROLES | {PIPELINE}
_MAKES: Final = {HTTPStatus.CREATED, HTTPStatus.ACCEPTED}  # what the row is about has no id before
_OWN_TRAIL: Final = "/v1/access/"  # routes that write to PostgreSQL anyway, and say more of it


@dataclass(frozen=True, kw_only=True)
class Trail:
    """What all rows of one request share: who, from where, in which request."""

    actor: str
    origin: str
    request_id: str

    def write(self, connection: "Connection", organisation: UUID, action: str, subject: str, **details: Any) -> None:
        """Append to the organisation's chain; ``details`` are ``before``, ``after`` and ``reason``."""
        from shared.audit.store import record

        record(connection, self.entry(organisation, action, subject, **details))

    def entry(self, organisation: UUID, action: str, subject: str, **details: Any) -> Entry:
        return Entry(
            organisation_id=organisation, actor=self.actor, action=action, subject=subject,
            origin=self.origin, request_id=self.request_id, **details,
        )  # fmt: skip


async def trail(request: Request) -> Trail:
    return Trail(
        actor=_actor(request.state.caller),
        origin=viewer_address(request, request.app.state.services.origin_proof)[:200],
        request_id=request.state.request_id[:200],
    )


async def audit_operation(request: Request) -> None:
    """Let a request that changes something in the operations table leave its row; others write their own, to PostgreSQL."""
    from functions.api.audited_table import take_along

    allowed = PERMISSIONS[request.method, request.scope["route"].path]
    if not allowed <= _OF_OPERATIONS or request.method == "GET" or request.url.path.startswith(_OWN_TRAIL):
        return
    content = _content(await request.body())
    told = await trail(request)
    reason = str(content.get("reason") or content.get("note") or "")[:2000] or None
    route, about = request.scope["route"], "/".join(request.path_params.values())
    entry = told.entry(
        OPERATIONS, route.name, (about or request.url.path)[:300], after={"asked": content}, reason=reason
    )
    take_along(entry, makes=route.status_code in _MAKES)


def _content(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}  # the route itself refuses it
    return found if isinstance(found, dict) else {}


TrailOf = Annotated[Trail, Depends(trail)]


def _actor(caller: KeyBearer | Person | Pipeline | None) -> str:
    match caller:
        case Person():
            return f"person:{caller.actor.name}"[:200]
        case Pipeline():
            return caller.username
        case KeyBearer():
            return f"key:{caller.prefix}"
    return "nobody"
