"""Announcements: what was told where, what still waits, what was given up; and people's own.

They answer while PostgreSQL and Valkey are down: everything is in the operations table.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.announcement_models import (
    AnnouncementList,
    AnnouncementView,
    NewAnnouncement,
    ReplayedMessages,
    ReplayOutcome,
)
from functions.api.services import ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import Form
from shared.platform.refusals import Refused, Unknown

router = APIRouter(tags=["operations"])

ANNOUNCEMENT: Final = Form(
    r"^\d{8}T\d{6}Z-[0-9a-f]{12}$", "an announcement's id, such as 20261123T120500Z-0123456789ab"
)
AnnouncementId = Annotated[str, Path(), ANNOUNCEMENT]


@router.get("/v1/announcements", response_model=AnnouncementList, summary="What was announced, and what became of it")
async def announcements(
    services: ServicesOf,
    *,
    state: Annotated[Literal["dead"] | None, Query(description="Only those with messages that were given up.")] = None,
    cursor: Annotated[Annotated[str, ANNOUNCEMENT] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JSONResponse:
    from shared.communication.view import channel_views, views
    from shared.runbook.load import the_runbook

    store, communication = services.announcements, the_runbook().communication
    dead = store.dead()
    if state:
        ids = sorted({one.partition(".")[0] for one in dead}, reverse=True)
        found = store.get_many([one for one in ids if cursor is None or one < cursor][: limit + 1])
    else:
        found = store.latest(before=cursor, limit=limit + 1)
    return _answer({
        "announcements": views(store, communication, found[:limit]),
        "next_cursor": found[limit - 1].id if len(found) > limit else None,
        "waiting": store.count_waiting(),
        "dead": len(dead),
        "channels": channel_views(communication),
    })  # fmt: skip


@router.get("/v1/announcements/{announcement_id}", response_model=AnnouncementView, summary="One announcement")
async def announcement(announcement_id: AnnouncementId, services: ServicesOf) -> JSONResponse:
    from shared.communication.view import announcement_view
    from shared.runbook.load import the_runbook

    found = services.announcements.get(announcement_id)
    if found is None:
        detail = f"there is no announcement {announcement_id}: GET /v1/announcements lists them"
        raise Unknown(detail)
    deliveries = services.announcements.deliveries(found.id, found.id)
    return _answer(announcement_view(found, deliveries, the_runbook().communication))


@router.post(
    "/v1/announcements", response_model=AnnouncementView, status_code=HTTPStatus.CREATED, summary="Announce something"
)
async def create_announcement(new: NewAnnouncement, services: ServicesOf, person: PersonOf) -> JSONResponse:
    """It is written down with its messages, which are sent from there: none is lost, and each is sent at least once."""
    from shared.communication.announce import announce
    from shared.communication.view import announcement_view
    from shared.runbook.load import the_runbook

    communication = the_runbook().communication
    channels = tuple(dict.fromkeys(new.channels)) if new.channels else communication.wanting(new.kind)
    _check_channels(channels, known=tuple(communication.channels))
    added, deliveries = announce(
        services.announcements, kind=new.kind, title=new.title, summary=new.summary, impact=new.impact,
        channels=channels, thread=new.thread, by=person.username, now=datetime.now(UTC),
    )  # fmt: skip
    return _answer(announcement_view(added, deliveries, communication), HTTPStatus.CREATED)


@router.post("/v1/announcements/replay", response_model=ReplayOutcome, summary="Send messages again that were given up")
async def replay_messages(wanted: ReplayedMessages, services: ServicesOf) -> JSONResponse:
    """With the same dedup key: who did receive one can tell."""
    from shared.communication.announce import replay

    done, skipped = replay(services.announcements, wanted.ids, datetime.now(UTC))
    return _answer({"replayed": done, "skipped": skipped})


def _check_channels(wanted: tuple[str, ...], *, known: tuple[str, ...]) -> None:
    for index, name in enumerate(wanted):
        if name not in known:
            raise Refused(f"channels: {name} is none of {', '.join(known)}", f"channels/{index}")


def _answer(content: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    return JSONResponse(content, status, headers={"cache-control": "no-store"})
