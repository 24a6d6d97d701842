"""Post-incident reviews: what was learnt, and what is done about it; from the operations table alone."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from functions.api.review_models import (
    REVIEW_ID,
    AddAction,
    CloseReview,
    ReviewDetail,
    ReviewList,
    UpdateAction,
    UpdateReview,
)
from functions.api.services import Services, ServicesOf
from shared.http.authorise import PersonOf
from shared.http.fields import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.incidents.review import Review

router = APIRouter(tags=["operations"])

ReviewId = Annotated[str, Path(), REVIEW_ID]
ActionId = Annotated[str, Path(), Form(r"^\d{1,4}$", "an action's number, such as 1")]
_NO_STORE: Final = {"cache-control": "no-store"}


@router.get("/v1/reviews", response_model=ReviewList, summary="Post-incident reviews, newest first")
async def reviews(
    services: ServicesOf,
    state: Literal["open", "closed"] | None = None,
    cursor: Annotated[Annotated[str, REVIEW_ID] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> JSONResponse:
    from shared.incidents.page import reviews_page
    from shared.incidents.view import review_view

    found, following = reviews_page(services.reviews, state=state, before=cursor, limit=limit)
    now = datetime.now(UTC)
    content = {"reviews": [review_view(one, now) for one in found], "next_cursor": following}
    return JSONResponse(content, headers=_NO_STORE)


@router.get(
    "/v1/reviews/{review_id}", response_model=ReviewDetail, summary="One review, with the timeline of its records"
)
async def review(review_id: ReviewId, services: ServicesOf) -> JSONResponse:
    return _detail(services, services.reviews.get(review_id))


@router.patch("/v1/reviews/{review_id}", response_model=ReviewDetail, summary="Write its sections")
async def update_review(
    review_id: ReviewId, wanted: UpdateReview, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    from shared.incidents.review import edited

    values = wanted.model_dump(exclude_none=True)
    return _change(services, review_id, lambda one, now: edited(one, values, by=person.username, now=now))


@router.post(
    "/v1/reviews/{review_id}/actions", response_model=ReviewDetail, status_code=201, summary="Add an action to it"
)
async def add_action(review_id: ReviewId, wanted: AddAction, services: ServicesOf, person: PersonOf) -> JSONResponse:
    from shared.incidents.review import with_action

    def change(found: "Review", now: datetime) -> "Review":
        return with_action(found, wanted.title, wanted.owner, wanted.due, by=person.username, now=now)

    return _change(services, review_id, change, HTTPStatus.CREATED)


@router.patch("/v1/reviews/{review_id}/actions/{action_id}", response_model=ReviewDetail, summary="Change an action")
async def update_action(
    review_id: ReviewId, action_id: ActionId, wanted: UpdateAction, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    from shared.incidents.review import with_changed_action

    values = wanted.model_dump(exclude_none=True)

    def change(found: "Review", now: datetime) -> "Review":
        return with_changed_action(found, action_id, values, by=person.username, now=now)

    return _change(services, review_id, change)


@router.post("/v1/reviews/{review_id}/close", response_model=ReviewDetail, summary="It is done")
async def close_review(
    review_id: ReviewId, wanted: CloseReview, services: ServicesOf, person: PersonOf
) -> JSONResponse:
    """Refused (409) while a section is empty, or an action is open without a reason."""
    from shared.incidents.review import closed

    return _change(services, review_id, lambda one, now: closed(one, wanted.note, by=person.username, now=now))


def _change(
    services: Services,
    review_id: str,
    change: "Callable[[Review, datetime], Review]",
    status: HTTPStatus = HTTPStatus.OK,
) -> JSONResponse:
    from shared.incidents.act import act_on_review

    now = datetime.now(UTC).replace(microsecond=0)
    return _detail(services, act_on_review(services.reviews, review_id, lambda one: change(one, now)), status)


def _detail(services: Services, found: "Review", status: HTTPStatus = HTTPStatus.OK) -> JSONResponse:
    from shared.incidents.review_timeline import review_timeline
    from shared.incidents.view import review_detail

    content: dict[str, Any] = review_detail(found, review_timeline(services.incidents, found), datetime.now(UTC))
    return JSONResponse(content, status, headers=_NO_STORE)
