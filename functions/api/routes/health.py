"""Health: what was checked, how long it took, why it failed."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from typing_extensions import TypedDict

from functions.api.services import Services, ServicesOf
from shared.http.problems import Problem, problem_response
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.failures import PostgresUnavailable
from shared.platform.valkey import ValkeyRefused, ValkeyUnavailable
from shared.platform.views import view

router = APIRouter(tags=["health"])


@view
class Health(TypedDict):
    status: Annotated[str, Field(examples=["ok"])]
    check: str
    milliseconds: float


@router.head("/health", include_in_schema=False)
@router.get("/health", response_model=Health, summary="Is the API itself up")
async def health() -> JSONResponse:
    """Says that the function runs; it asks no server."""
    return JSONResponse({"status": "ok", "check": "the API answers", "milliseconds": 0.0})


@router.head("/health/db", include_in_schema=False)
@router.get("/health/db", response_model=Health, summary="Can the API reach PostgreSQL")
async def health_db(services: ServicesOf) -> Response:
    """Runs a query as the API's own role; answers within seconds even when the server hangs."""
    return _checked("select 1 as the API's role in PostgreSQL", lambda: _ask_postgres(services))


@router.head("/health/redis", include_in_schema=False)
@router.get("/health/redis", response_model=Health, summary="Can the API reach Valkey")
async def health_redis(services: ServicesOf) -> Response:
    """Reads and writes; answers within seconds even when the server hangs."""
    return _checked("a write to Valkey", lambda: services.health_valkey.run("SET", "health", "1", "EX", 60))


def _ask_postgres(services: Services) -> None:
    with services.health_database.transaction() as connection:
        connection.run("select 1")


def _checked(check: str, act: Callable[[], object]) -> Response:
    started = time.perf_counter()
    try:
        act()
    except (PostgresUnavailable, ValkeyUnavailable, ValkeyRefused, AwsUnavailable, AwsRefused) as error:
        return problem_response(
            Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{check} failed: {error}",
                state="down",
                check=check,
                milliseconds=_since(started),
            )
        )
    return JSONResponse({"status": "ok", "check": check, "milliseconds": _since(started)})


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
