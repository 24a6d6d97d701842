"""Errors as problem documents (RFC 9457): what is wrong, where, and how to mend it. The one place where errors become answers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.logging import Logger
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.http.problem_types import CHANGED_MEANWHILE, NO_SUCH_PATH, ProblemType, type_of
from shared.platform.aws.dynamodb import Overtaken
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.failures import PostgresUnavailable
from shared.platform.limits import LimitExceeded
from shared.platform.refusals import NotAllowed, NotNow, Refusal, Refused, Unknown, quoted
from shared.platform.valkey import ValkeyUnavailable

RETRY_AFTER_SECONDS: Final = "2"
logger = Logger(child=True)


class Problem(Exception):
    """An answer that is no success. ``errors`` point at single fields; ``members`` go into the document as they are.

    ``kind`` is the one of the catalogue that it is, by default the one of its status.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        kind: ProblemType | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.kind = kind or type_of(status)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.members = members


def problem_response(problem: Problem) -> JSONResponse:
    document: dict[str, Any] = {
        "type": problem.kind.address,
        "title": problem.kind.title,
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


def unavailable(what: str, how: str) -> Problem:
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{what}; {how}", headers={"retry-after": RETRY_AFTER_SECONDS})


def _from_refusal(status: HTTPStatus) -> Callable[[Exception], Problem]:
    def to_problem(error: Exception) -> Problem:
        assert isinstance(error, Refusal)  # noqa: S101 -- what it is registered for
        errors = [
            {"parameter": fault.parameter, "detail": fault.detail}
            if fault.parameter
            else {"pointer": f"#{fault.pointer}", "detail": fault.detail}
            for fault in error.faults
        ]
        return Problem(status, str(error), errors=errors, **error.members)

    return to_problem


def _from_validation(error: Exception) -> Problem:
    from shared.http.validation import field_error

    assert isinstance(error, RequestValidationError)  # noqa: S101 -- what it is registered for
    for problem in error.errors():
        if problem["type"] == "json_invalid":
            return Problem(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {problem['ctx']['error']}")
    errors = [field_error(problem) for problem in error.errors()]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, errors[0]["detail"], errors=errors)


def _from_http_exception(request: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101 -- what it is registered for
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    if status is HTTPStatus.NOT_FOUND:
        return _no_such_path(request.url.path)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.url.path} does not take {request.method}; /openapi.json lists the methods that it takes"
        return Problem(status, detail, headers=headers)
    if isinstance(error.__cause__, RecursionError):
        return Problem(status, "the body is nested too deeply")
    return Problem(status, str(error.detail), headers=headers)


def _no_such_path(path: str) -> Problem:
    # A redirect would name the gateway's own address, around CloudFront: a slash too many is told instead.
    mend = "leave out the slash at its end" if path.endswith("/") else "/openapi.json lists the paths that there are"
    return Problem(HTTPStatus.NOT_FOUND, f"there is nothing at {quoted(path)}: {mend}", kind=NO_SUCH_PATH)


def _from_overtaken(_error: Exception) -> Problem:
    detail = "it was changed by somebody else just now: read it again, then decide"
    return Problem(HTTPStatus.CONFLICT, detail, kind=CHANGED_MEANWHILE)


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
    Refused: _from_refusal(HTTPStatus.UNPROCESSABLE_ENTITY),
    NotNow: _from_refusal(HTTPStatus.CONFLICT),
    NotAllowed: _from_refusal(HTTPStatus.FORBIDDEN),
    Unknown: _from_refusal(HTTPStatus.NOT_FOUND),
    Overtaken: _from_overtaken,
    RequestValidationError: _from_validation,
    LimitExceeded: _from_exceeded_limit,
    AwsUnavailable: _from_aws,
    AwsRefused: _from_aws,
    PostgresUnavailable: _from_postgres,
    ValkeyUnavailable: _from_valkey,
    Exception: unexpected,
}


def handle_errors(app: FastAPI) -> None:
    """Let the app answer each of these with a problem document."""
    app.add_exception_handler(Problem, _answer(lambda _request, error: error))  # type: ignore[arg-type, return-value]  # it is one
    app.add_exception_handler(HTTPException, _answer(_from_http_exception))
    for kind, to_problem in _MAPPING.items():
        app.add_exception_handler(kind, _answer(_whatever_was_asked(to_problem)))


def _whatever_was_asked(to_problem: Callable[[Exception], Problem]) -> Callable[[Request, Exception], Problem]:
    return lambda _request, error: to_problem(error)


def _answer(to_problem: Callable[[Request, Exception], Problem]) -> Callable[[Request, Exception], Any]:
    async def answer(request: Request, error: Exception) -> JSONResponse:
        return problem_response(to_problem(request, error))

    return answer
