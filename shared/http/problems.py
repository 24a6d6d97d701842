"""Errors as problem documents (RFC 9457): what is wrong, where, and how to mend it. The one place where errors become answers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.analytics.refusal import QueryRefused
from shared.collection.accept import BadBatch, NotJson
from shared.incidents.refusal import NotPossible, UnknownIncident, WrongValue
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.failures import PostgresUnavailable
from shared.platform.limits import LimitExceeded
from shared.platform.valkey import ValkeyUnavailable

RETRY_AFTER_SECONDS: Final = "2"
logger = Logger(child=True)


class Problem(Exception):
    """An answer that is no success. ``errors`` point at single fields; ``members`` go into the document as they are."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.members = members


def problem_response(problem: Problem) -> JSONResponse:
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    if problem.errors:
        document["errors"] = problem.errors
    return JSONResponse(
        document | problem.members,
        problem.status.value,
        media_type="application/problem+json",
        headers={"cache-control": "no-store"} | problem.headers,
    )


def unprocessable(detail: str, *, pointer: str, **members: Any) -> Problem:
    """A field that can't be taken, at a JSON pointer."""
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        detail,
        errors=[{"pointer": f"#{pointer}", "detail": detail}],
        **members,
    )


def unavailable(what: str, how: str) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{what}; {how}", headers={"retry-after": RETRY_AFTER_SECONDS})


def _from_bad_batch(error: Exception) -> Problem:
    assert isinstance(error, BadBatch)  # noqa: S101 -- what it is registered for
    if not error.rejected:
        return unprocessable(error.detail, pointer=error.pointer)
    errors = [
        {
            "pointer": f"#/events/{rejection['index']}/{rejection['error'].partition(':')[0].replace('.', '/')}",
            "detail": rejection["error"],
        }
        for rejection in error.rejected
    ]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.detail, errors=errors, accepted=0, rejected=error.rejected)


def _from_refused_query(error: Exception) -> Problem:
    assert isinstance(error, QueryRefused)  # noqa: S101 -- registered for this type only
    errors = [{"pointer": problem.pointer, "detail": problem.detail} for problem in error.problems]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), errors=errors)


def _from_validation(error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for this type only
    errors = [_field_error(problem) for problem in error.errors()]
    if any(problem["type"] == "json_invalid" for problem in error.errors()):
        return Problem(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error.errors()[0]['ctx']['error']}")
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors[0]["detail"], errors=errors)


def _field_error(problem: Any) -> dict[str, Any]:
    where, *path = problem["loc"]
    field = ".".join(str(part) for part in path) or where
    detail = f"{field}: {problem['msg'].removeprefix('Value error, ')}"
    if where == "body":
        return {"pointer": "#/" + "/".join(str(part) for part in path), "detail": detail}
    return {"parameter": field, "detail": detail}


def _from_http_exception(error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this type only
    status = HTTPStatus(error.status_code)
    details = {
        HTTPStatus.NOT_FOUND: "there is nothing at this path; /openapi.json lists what there is",
        HTTPStatus.METHOD_NOT_ALLOWED: "this path does not take this method; /openapi.json lists those that it takes",
    }
    return Problem(status, details.get(status, str(error.detail)), headers=dict(error.headers or {}))


def _from_not_possible(error: Exception) -> Problem:
    assert isinstance(error, NotPossible)  # noqa: S101 -- registered for this type only
    instead = f"; possible now: {', '.join(error.may)}" if error.may else ""
    return Problem(HTTPStatus.CONFLICT, f"{error}{instead}", may=list(error.may))


def _from_wrong_value(error: Exception) -> Problem:
    assert isinstance(error, WrongValue)  # noqa: S101 -- registered for this type only
    return unprocessable(str(error), pointer=f"/{error.field}")


def _from_aws(error: Exception) -> Problem:
    logger.error("AWS refused or failed", exc_info=error)
    return unavailable("a service behind this one can't be reached", "try again in a moment")


def _from_valkey(error: Exception) -> Problem:
    logger.error("Valkey is unavailable", exc_info=error)
    return unavailable(
        "Valkey, which keeps the stream, can't be reached",
        "nothing was accepted: send it again, with the same ids",
    )


def _from_postgres(error: Exception) -> Problem:
    logger.error("PostgreSQL is unavailable", exc_info=error)
    return unavailable("PostgreSQL can't be reached", "try again in a moment")


def _from_exceeded_limit(error: Exception) -> Problem:
    from shared.http.limits import told

    assert isinstance(error, LimitExceeded)  # noqa: S101 -- registered for this type only
    detail, headers = told(error)
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers=headers, limit=error.take.name)


def unexpected(error: Exception) -> Problem:
    logger.error("unexpected error", exc_info=error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "this is our mistake; it is logged under the request id")


_MAPPING: Final[dict[type[Exception], Callable[[Exception], Problem]]] = {
    NotJson: lambda error: Problem(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}"),
    BadBatch: _from_bad_batch,
    RequestValidationError: _from_validation,
    HTTPException: _from_http_exception,
    LimitExceeded: _from_exceeded_limit,
    AwsUnavailable: _from_aws,
    AwsRefused: _from_aws,
    PostgresUnavailable: _from_postgres,
    ValkeyUnavailable: _from_valkey,
    QueryRefused: _from_refused_query,
    UnknownIncident: lambda error: Problem(HTTPStatus.NOT_FOUND, f"{error}; the list at this path names what there is"),
    NotPossible: _from_not_possible,
    WrongValue: _from_wrong_value,
    Exception: unexpected,
}


def handle_errors(app: FastAPI) -> None:
    """Let the app answer each of these with a problem document."""
    app.add_exception_handler(Problem, _answer(lambda error: error))  # type: ignore[arg-type, return-value]  # Starlette types handlers by Exception
    for kind, to_problem in _MAPPING.items():
        app.add_exception_handler(kind, _answer(to_problem))


def _answer(to_problem: Callable[[Exception], Problem]) -> Callable[[Request, Exception], Any]:
    async def answer(_request: Request, error: Exception) -> JSONResponse:
        return problem_response(to_problem(error))

    return answer
