"""Post-incident reviews: what was learnt, and what is done about it; from the operations table alone."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, StringConstraints

from functions.api.routes.incidents import Name, Note, Text
from functions.api.services import Services, ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import Day, Form
from shared.incidents.view import ActionState, ReviewDetail, ReviewList

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.incidents.review import Review

router = APIRouter(tags=["operations"])

Section = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)]
REVIEW: Final = Form(r"^PIR-\d{8}-\d{6}-[0-9a-f]{6}$", "a review's id, such as PIR-20261124-133306-3f9a0c")
ReviewId = Annotated[str, Path(), REVIEW]
ActionId = Annotated[str, Path(), Form(r"^\d{1,4}$", "an action's number, such as 1")]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UpdateReview(_Said):
    """What is left out or null stays as it is."""

    owner: Name | None = None
    due: Day | None = None
    summary: Section | None = None
    impact: Section | None = None
    contributing_factors: Section | None = None
    went_well: Section | None = None


class AddAction(_Said):
    title: Text
    owner: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    due: Day


class UpdateAction(_Said):
    """``reason`` says why an action is dropped, or why the review may be closed while it is open."""

    title: Text | None = None
    owner: Name | None = None
    due: Day | None = None
    state: ActionState | None = None
    reason: Note | None = None


class CloseReview(_Said):
    note: Note = ""


@router.get("/v1/reviews", summary="Post-incident reviews, newest first")
async def reviews(
    services: ServicesOf,
    state: Literal["open", "closed"] | None = None,
    cursor: Annotated[Annotated[str, REVIEW] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ReviewList:
    from shared.incidents.page import reviews_page
    from shared.incidents.show import review_view

    found, following = reviews_page(services.reviews, state=state, before=cursor, limit=limit)
    now = datetime.now(UTC)
    return {"reviews": [review_view(one, now) for one in found], "next_cursor": following}


@router.get("/v1/reviews/{review_id}", summary="One review, with the timeline of its records")
async def review(review_id: ReviewId, services: ServicesOf) -> ReviewDetail:
    return _detail(services, services.reviews.get(review_id))


@router.patch("/v1/reviews/{review_id}", summary="Write its sections")
async def update_review(
    review_id: ReviewId, wanted: UpdateReview, services: ServicesOf, person: PersonOf
) -> ReviewDetail:
    from shared.incidents.review import edited

    values = wanted.model_dump(exclude_none=True)
    return _change(services, review_id, lambda one, now: edited(one, values, by=person.username, now=now))


@router.post("/v1/reviews/{review_id}/actions", status_code=HTTPStatus.CREATED, summary="Add an action to it")
async def add_action(review_id: ReviewId, wanted: AddAction, services: ServicesOf, person: PersonOf) -> ReviewDetail:
    from shared.incidents.review import with_action

    def change(found: "Review", now: datetime) -> "Review":
        return with_action(found, wanted.title, wanted.owner, wanted.due, by=person.username, now=now)

    return _change(services, review_id, change)


@router.patch("/v1/reviews/{review_id}/actions/{action_id}", summary="Change an action")
async def update_action(
    review_id: ReviewId, action_id: ActionId, wanted: UpdateAction, services: ServicesOf, person: PersonOf
) -> ReviewDetail:
    from shared.incidents.review import with_changed_action

    values = wanted.model_dump(exclude_none=True)

    def change(found: "Review", now: datetime) -> "Review":
        return with_changed_action(found, action_id, values, by=person.username, now=now)

    return _change(services, review_id, change)


@router.post("/v1/reviews/{review_id}/close", summary="It is done")
async def close_review(
    review_id: ReviewId, wanted: CloseReview, services: ServicesOf, person: PersonOf
) -> ReviewDetail:
    """Refused (409) while a section is empty, or an action is open without a reason."""
    from shared.incidents.review import closed

    return _change(services, review_id, lambda one, now: closed(one, wanted.note, by=person.username, now=now))


def _change(services: Services, review_id: str, change: "Callable[[Review, datetime], Review]") -> ReviewDetail:
    from shared.incidents.act import act_on_review

    now = datetime.now(UTC).replace(microsecond=0)
    return _detail(services, act_on_review(services.reviews, review_id, lambda one: change(one, now)))


def _detail(services: Services, found: "Review") -> ReviewDetail:
    from shared.incidents.review_timeline import review_timeline
    from shared.incidents.show import review_detail

    return review_detail(found, review_timeline(services.incidents, found), datetime.now(UTC))
