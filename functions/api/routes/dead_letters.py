"""Events that could not be stored, and the command that sends them through again."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from functions.api.services import ServicesOf
from functions.api.trail import TrailOf
from shared.audit.chain import OPERATIONS
from shared.http.fields import Form
from shared.storage.dead_letters import dead_letter_view, list_dead_letters, replay
from shared.storage.view import DeadLetterList, Replayed

router = APIRouter(tags=["operations"])

EntryId = Annotated[str, Form(r"^\d{1,19}-\d{1,19}$", "an entry's id, such as 1764000000000-0")]


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[EntryId], Field(min_length=1, max_length=1000)]


@router.get("/v1/dead-letters", summary="Events that could not be stored")
async def get_dead_letters(
    services: ServicesOf, cursor: EntryId | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> DeadLetterList:
    found = list_dead_letters(services.valkey, after=cursor or "", limit=limit + 1)
    return {
        "dead_letters": [dead_letter_view(letter) for letter in found[:limit]],
        "next_cursor": found[limit - 1].id if len(found) > limit else None,
    }


@router.post("/v1/dead-letters/replay", summary="Send dead letters through again")
async def replay_dead_letters(wanted: Replay, services: ServicesOf, trail: TrailOf) -> Replayed:
    """What is stored already is not counted again; what fails again comes back here after five attempts."""
    # Written before, as the stream is in no transaction with it: a replay without a trace is worse than a trace too many.
    with services.database.transaction([OPERATIONS]) as connection:
        trail.write(connection, OPERATIONS, "dead-letters.replay", "stream/dead-letters", after={"ids": wanted.ids})
    replayed = replay(services.valkey, wanted.ids)
    if replayed:
        services.wake()
    return {"replayed": replayed}
