"""GitHub Actions over its REST API (https://docs.github.com/rest/actions), by the standard library alone."""

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from shared.delivery.pipeline import Job, PipelineRefused, PipelineUnavailable, WorkflowRun
from shared.platform.moments import stamp
from shared.platform.secret import Secret, is_header_value
from shared.platform.tls import trust

TIMEOUT_SECONDS: Final = 10.0
MOST_PAGES: Final = 10  # GitHub gives a thousand results of a search, and no more
MOST_BYTES: Final = 16 * 1024 * 1024
_WELL: Final = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT})
_NEXT: Final = re.compile(r'<([^>]+)>;\s*rel="next"')
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


@dataclass(frozen=True, kw_only=True)
class Access:
    """A repository (owner/name) and a token for its Actions."""

    repository: str
    token: Secret


def read_access(text: str) -> Access | None:
    """The pipeline's secret; None while nobody has filled it in. Raises ValueError for a repository or a token that is none."""
    try:
        found = json.loads(text)
        repository, token = found["repository"], found["token"]
    except (ValueError, KeyError, TypeError):
        return None
    if not (isinstance(repository, str) and isinstance(token, str) and repository.strip() and token.strip()):
        return None
    if not _REPOSITORY.fullmatch(repository.strip()):
        raise ValueError(f"the repository must be written owner/name, not {repository!r}")
    if not is_header_value(token.strip()):
        raise ValueError("the token must be printable ASCII in one line")
    return Access(repository=repository.strip(), token=Secret(token.strip()))


class GitHub:
    """``url`` is the API's address; ``within`` (seconds) bounds all requests of this object together."""

    def __init__(self, url: str, access: Access, *, within: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = urlsplit(url)
        self._access = access
        self._clock = clock
        self._ends = clock() + within
        self._within = within

    def default_branch(self) -> str:
        found, _ = self._get(self._path())
        return str(_need(found, "default_branch", str))

    def runs(self, since: datetime, until: datetime) -> Sequence[WorkflowRun]:
        created = f"{stamp(since)}..{stamp(until - timedelta(seconds=1))}"
        found = self._pages(f"{self._path()}/actions/runs?{urlencode({'created': created, 'per_page': 100})}")
        runs = [_run(one) for page in found for one in _need(page, "workflow_runs", list)]
        return sorted(runs, key=lambda run: run.started_at, reverse=True)

    def jobs(self, run: WorkflowRun) -> Sequence[Job]:
        found = self._pages(f"{self._path()}/actions/runs/{run.id}/jobs?filter=all&per_page=100")
        return [_job(one, run) for page in found for one in _need(page, "jobs", list)]

    def dispatch(self, workflow: str, inputs: Mapping[str, str]) -> None:
        """Ask for a run of a workflow (the name of its file) of the default branch. Raises PipelineRefused where none can be."""
        asked = {"ref": self.default_branch(), "inputs": dict(inputs)}
        self._send("POST", f"{self._path()}/actions/workflows/{quote(workflow)}/dispatches", asked)

    def _path(self) -> str:
        return f"{self._url.path.rstrip('/')}/repos/{quote(self._access.repository)}"

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        for _ in range(MOST_PAGES):
            found, link = self._get(path)
            yield found
            if not link:
                return
            following = urlsplit(link)
            if following.netloc != self._url.netloc:
                raise PipelineUnavailable(f"GitHub's next page lies elsewhere, at {following.netloc}")
            path = f"{following.path}?{following.query}"

    def _get(self, path: str) -> tuple[dict[str, Any], str]:
        """The answer and the address of its next page."""
        headers, body = self._send("GET", path)
        try:
            found = json.loads(body)
        except ValueError as error:
            raise PipelineUnavailable("GitHub answered with something else than JSON") from error
        if not isinstance(found, dict):
            raise PipelineUnavailable("GitHub answered with something else than an object")
        following = _NEXT.search(headers.get("link", ""))
        return found, following[1] if following else ""

    def _send(
        self, method: str, path: str, content: Mapping[str, Any] | None = None
    ) -> tuple[Mapping[str, str], bytes]:
        left = self._ends - self._clock()
        if left <= 0:
            raise PipelineUnavailable(f"GitHub was too slow: not everything was answered within {self._within:g} s")
        try:
            status, headers, body = self._ask(method, path, content, min(left, TIMEOUT_SECONDS))
        except TimeoutError as error:
            raise PipelineUnavailable(f"GitHub did not answer within {min(left, TIMEOUT_SECONDS):g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise PipelineUnavailable(f"GitHub can't be reached: {type(error).__name__}: {error}") from error
        if status not in _WELL:
            kind = PipelineRefused if status == HTTPStatus.UNPROCESSABLE_ENTITY else PipelineUnavailable
            raise kind(_refusal(status, headers, body, self._access.repository))
        return headers, body

    def _ask(
        self, method: str, path: str, content: Mapping[str, Any] | None, timeout: float
    ) -> tuple[int, Mapping[str, str], bytes]:
        host = self._url.netloc
        connection = (
            http.client.HTTPSConnection(host, timeout=timeout, context=trust())
            if self._url.scheme == "https"
            else http.client.HTTPConnection(host, timeout=timeout)
        )
        headers = {
            "accept": "application/vnd.github+json", "authorization": f"Bearer {self._access.token.reveal()}",
            "user-agent": "P09", "x-github-api-version": "2022-11-28",
        }  # fmt: skip
        try:
            connection.request(method, path, json.dumps(content) if content is not None else None, headers)
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES)
            if answer.length:
                raise http.client.IncompleteRead(b"", answer.length)
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body
        finally:
            connection.close()


def _refusal(status: int, headers: Mapping[str, str], body: bytes, repository: str) -> str:
    """Says whose turn it is."""
    if status == HTTPStatus.UNAUTHORIZED:
        return (
            "GitHub refused the token (401): it is wrong, expired or revoked; put a new one into the pipeline's secret"
        )
    if status in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        if headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers:
            return f"GitHub's rate limit is used up ({status}){_until(headers)}"
        return f"GitHub forbids it ({status}): the token may not use the Actions of {repository}"
    if status == HTTPStatus.NOT_FOUND:
        return f"GitHub knows no repository {repository} (404), or the token may not see it"
    if "location" in headers:
        return f"GitHub answered {status}: {repository} has moved; write its new name into the pipeline's secret"
    return f"GitHub answered {status}: {_message(body)}"


def _message(body: bytes) -> str:
    try:
        found = json.loads(body)["message"]
    except (ValueError, KeyError, TypeError):
        found = body.decode(errors="replace")
    return str(found)[:200]


def _until(headers: Mapping[str, str]) -> str:
    reset = headers.get("x-ratelimit-reset", "")
    if reset.isdigit():
        return f", until {datetime.fromtimestamp(int(reset), UTC):%H:%M:%S} UTC"
    wait = headers.get("retry-after")
    return f", for {wait} s" if wait else ""


def _run(found: Any) -> WorkflowRun:
    completed = _need(found, "status", str) == "completed"
    return WorkflowRun(
        id=_need(found, "id", int), workflow=str(found.get("name") or found.get("path") or "unnamed"),
        branch=str(found.get("head_branch") or ""), commit=_need(found, "head_sha", str),
        attempt=int(found.get("run_attempt") or 1), conclusion=str(found.get("conclusion") or "") if completed else "",
        started_at=_moment(_need(found, "created_at", str)), url=str(found.get("html_url") or ""),
    )  # fmt: skip


def _job(found: Any, run: WorkflowRun) -> Job:
    started, ended = _need(found, "started_at", str, None), _need(found, "completed_at", str, None)
    return Job(
        run=run.id, workflow=run.workflow, name=_need(found, "name", str), commit=run.commit,
        attempt=int(found.get("run_attempt") or 1), conclusion=str(found.get("conclusion") or ""),
        took=_moment(ended) - _moment(started) if started and ended else None,
        url=str(found.get("html_url") or run.url),
    )  # fmt: skip


def _need(found: Any, name: str, kind: type, *otherwise: None) -> Any:
    value = found.get(name, *otherwise) if isinstance(found, dict) else None
    if value is None and otherwise and isinstance(found, dict):
        return None
    if not isinstance(value, kind):
        raise PipelineUnavailable(f"GitHub's answer has no {name} of the kind that is documented")
    return value


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise PipelineUnavailable(f"GitHub's answer has a time that is none: {text[:40]!r}") from error
