"""Stands for GitHub's REST API on this machine: a repository with a played history, and without runners.

Nothing here builds or deploys anything. What asks for a run is refused, so that nobody is told that one was begun.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local.chaos import PipelineScenario
from local.github.history import DEFAULT_BRANCH, MAIN, Job, Run, runs
from shared.platform.moments import moment, stamp

REPOSITORY: Final = "played/pipeline"
_REPOSITORY: Final = f"/repos/{REPOSITORY}"
_PER_PAGE: Final = 30
_MOST_PER_PAGE: Final = 100
_HOUR: Final = timedelta(hours=1)
_NO_RUNNERS: Final = "this played repository has no runners: nothing here deploys"


class GitHub:
    """``scenario`` is asked at each request."""

    def __init__(self, token: str, scenario: Callable[[], PipelineScenario], clock: Callable[[], datetime]) -> None:
        self._token = token
        self._scenario = scenario
        self._clock = clock

    async def repository(self, request: Request) -> Response:
        found = JSONResponse({"full_name": REPOSITORY, "default_branch": DEFAULT_BRANCH})
        return self._refused(request) or found

    async def list_runs(self, request: Request) -> Response:
        if answer := self._refused(request):
            return answer
        try:
            since, until = map(moment, request.query_params["created"].split(".."))
        except (KeyError, ValueError):
            return _message(HTTPStatus.UNPROCESSABLE_ENTITY, "created must be SINCE..UNTIL")
        found = [_run(request, one) for one in self._runs() if since <= one.created_at <= until]
        return _page(request, "workflow_runs", found)

    async def list_jobs(self, request: Request) -> Response:
        run = self._find(request)
        if answer := self._refused(request):
            return answer
        if run is None:
            return _message(HTTPStatus.NOT_FOUND, "Not Found")
        every = request.query_params.get("filter") == "all"
        found = [_job(request, run, job) for job in run.jobs if every or job.attempt == run.attempt]
        return _page(request, "jobs", found)

    async def dispatch(self, request: Request) -> Response:
        return self._refused(request) or _message(HTTPStatus.UNPROCESSABLE_ENTITY, _NO_RUNNERS)

    async def page(self, request: Request) -> Response:
        run = self._find(request)
        if run is None:
            return HTMLResponse("<h1>No such run</h1>", HTTPStatus.NOT_FOUND)
        text = f"{MAIN}, run {run.id} of {stamp(run.created_at)}: {run.conclusion or 'under way'}"
        return HTMLResponse(
            f"<h1>A played run</h1><p>{escape(text)}.</p><p>No pipeline made it: it is played history.</p>"
        )

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self._token}":
            return _message(HTTPStatus.UNAUTHORIZED, "Bad credentials")
        if self._scenario() != "rate_limit":
            return None
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int((self._clock() + _HOUR).timestamp()))}
        return _message(HTTPStatus.FORBIDDEN, "API rate limit exceeded", headers)

    def _runs(self) -> list[Run]:
        return runs(self._clock(), self._scenario())

    def _find(self, request: Request) -> Run | None:
        return next((one for one in self._runs() if one.id == request.path_params["run"]), None)


def create_app(
    token: str, scenario: Callable[[], PipelineScenario], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Starlette:
    github = GitHub(token, scenario, clock)
    return Starlette(
        routes=[
            Route(_REPOSITORY, github.repository),
            Route(f"{_REPOSITORY}/actions/runs", github.list_runs),
            Route(f"{_REPOSITORY}/actions/runs/{{run:int}}/jobs", github.list_jobs),
            Route(f"{_REPOSITORY}/actions/workflows/{{workflow}}/dispatches", github.dispatch, methods=["POST"]),
            Route(f"/{REPOSITORY}/actions/runs/{{run:int}}", github.page),
        ],
        exception_handlers={HTTPStatus.NOT_FOUND: _not_found},
    )


async def _not_found(_request: Request, _error: Exception) -> Response:
    return _message(HTTPStatus.NOT_FOUND, "Not Found")


def _run(request: Request, run: Run) -> dict[str, Any]:
    return {
        "id": run.id, "name": MAIN, "head_branch": run.branch, "head_sha": run.commit, "run_attempt": run.attempt,
        "status": "completed" if run.conclusion else "in_progress", "conclusion": run.conclusion or None,
        "created_at": stamp(run.created_at), "html_url": _shown(request, run),
    }  # fmt: skip


def _job(request: Request, run: Run, job: Job) -> dict[str, Any]:
    return {
        "name": job.name, "run_attempt": job.attempt, "status": "completed", "conclusion": job.conclusion,
        "started_at": stamp(job.started_at), "completed_at": stamp(job.completed_at), "html_url": _shown(request, run),
    }  # fmt: skip


def _shown(request: Request, run: Run) -> str:
    where = f"{request.scope['root_path']}/{REPOSITORY}/actions/runs/{run.id}"  # under what it is mounted on
    return str(request.url.replace(path=where, query=""))


def _page(request: Request, name: str, found: Sequence[Any]) -> Response:
    size = min(_number(request, "per_page", _PER_PAGE), _MOST_PER_PAGE)
    number = _number(request, "page", 1)
    first = (number - 1) * size
    headers = {}
    if first + size < len(found):
        following = request.url.include_query_params(page=number + 1)
        last = request.url.include_query_params(page=-(-len(found) // size))
        headers["link"] = f'<{following}>; rel="next", <{last}>; rel="last"'
    return JSONResponse({"total_count": len(found), name: found[first : first + size]}, headers=headers)


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else otherwise


def _message(status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"message": message}, status, headers=headers)
