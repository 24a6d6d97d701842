"""Announcements: what was told where, what still waits, what was given up; and people's own.

They answer while PostgreSQL and Valkey are down: everything is in the operations table.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from functions.api.services import ServicesOf
from shared.communication.view import AnnouncementList, AnnouncementView, ReplayOutcome
from shared.http.authorise import PersonOf
from shared.http.fields import ONE_LINE, Form
from shared.platform.refusals import Refused, Unknown

router = APIRouter(tags=["operations"])

ANNOUNCEMENT: Final = Form(
    r"^\d{8}T\d{6}Z-[0-9a-f]{12}$", "an announcement's id, such as 20261123T120500Z-0123456789ab"
)
AnnouncementId = Annotated[str, Path(), ANNOUNCEMENT]
Announceable = Literal["planned_deployment", "notice"]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150), ONE_LINE]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    Form(r"^[^\x00-\x08\x0b-\x1f\x7f]*$", "text without control characters"),
]
ChannelId = Annotated[str, Form(r"^[a-z_]{1,40}$", "a channel's id, such as slack_operations")]
DeliveryId = Annotated[
    str,
    Form(
        r"^\d{8}T\d{6}Z-[0-9a-f]{12}\.[a-z_]{1,40}$",
        "a message's id, such as 20261123T120500Z-0123456789ab.slack_operations",
    ),
]


class NewAnnouncement(BaseModel):
    """``channels`` are those of the kind by default; ``thread`` has it answer in an existing thread."""

    model_config = ConfigDict(extra="forbid")

    kind: Announceable
    title: Line
    summary: Annotated[Prose, Field(min_length=1)]
    impact: Prose = ""
    channels: Annotated[list[ChannelId], Field(min_length=1, max_length=20)] | None = None
    thread: (
        Annotated[
            str,
            Form(
                r"^(incident|review|change|maintenance):[\w.:-]{1,200}$",
                "a thread, such as incident:INC-20261124-133306-3f9a0c",
            ),
        ]
        | None
    ) = None


class ReplayedMessages(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[DeliveryId], Field(min_length=1, max_length=50)]


@router.get("/v1/announcements", summary="What was announced, and what became of it")
async def announcements(
    services: ServicesOf,
    *,
    state: Annotated[Literal["dead"] | None, Query(description="Only those with messages that were given up.")] = None,
    cursor: Annotated[Annotated[str, ANNOUNCEMENT] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AnnouncementList:
    from shared.communication.show import channel_views, views
    from shared.runbook.load import the_runbook

    store, communication = services.announcements, the_runbook().communication
    dead = store.dead()
    if state:
        ids = sorted({one.partition(".")[0] for one in dead}, reverse=True)
        found = store.get_many([one for one in ids if cursor is None or one < cursor][: limit + 1])
    else:
        found = store.latest(before=cursor, limit=limit + 1)
    return {
        "announcements": views(store, communication, found[:limit]),
        "next_cursor": found[limit - 1].id if len(found) > limit else None,
        "waiting": store.count_waiting(),
        "dead": len(dead),
        "channels": channel_views(communication),
    }


@router.get("/v1/announcements/{announcement_id}", summary="One announcement")
async def announcement(announcement_id: AnnouncementId, services: ServicesOf) -> AnnouncementView:
    from shared.communication.show import announcement_view
    from shared.runbook.load import the_runbook

    found = services.announcements.get(announcement_id)
    if found is None:
        detail = f"there is no announcement {announcement_id}: GET /v1/announcements lists them"
        raise Unknown(detail)
    deliveries = services.announcements.deliveries(found.id, found.id)
    return announcement_view(found, deliveries, the_runbook().communication)


@router.post("/v1/announcements", status_code=HTTPStatus.CREATED, summary="Announce something")
async def create_announcement(new: NewAnnouncement, services: ServicesOf, person: PersonOf) -> AnnouncementView:
    """It is written down with its messages, which are sent from there: none is lost, and each is sent at least once."""
    from shared.communication.announce import announce
    from shared.communication.show import announcement_view
    from shared.runbook.load import the_runbook

    communication = the_runbook().communication
    channels = tuple(dict.fromkeys(new.channels)) if new.channels else communication.wanting(new.kind)
    _check_channels(channels, known=tuple(communication.channels))
    added, deliveries = announce(
        services.announcements, kind=new.kind, title=new.title, summary=new.summary, impact=new.impact,
        channels=channels, thread=new.thread, by=person.username, now=datetime.now(UTC),
    )  # fmt: skip
    return announcement_view(added, deliveries, communication)


@router.post("/v1/announcements/replay", summary="Send messages again that were given up")
async def replay_messages(wanted: ReplayedMessages, services: ServicesOf) -> ReplayOutcome:
    """With the same dedup key: who did receive one can tell."""
    from shared.communication.announce import replay

    done, skipped = replay(services.announcements, wanted.ids, datetime.now(UTC))
    return {"replayed": done, "skipped": skipped}


def _check_channels(wanted: tuple[str, ...], *, known: tuple[str, ...]) -> None:
    for index, name in enumerate(wanted):
        if name not in known:
            raise Refused(f"channels: {name} is none of {', '.join(known)}", f"channels/{index}")
