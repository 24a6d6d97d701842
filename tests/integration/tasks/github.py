"""A stand-in for GitHub's REST API over real HTTP: pages, a token, a rate limit, and ways to break."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.integration.tasks.service import Reply, Service

TOKEN = "ghp_right"
REPOSITORY = "acme/shop"
EIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)


def text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class GitHub(Service):
    """``broken`` replies come first, one for each request, before it answers as GitHub does."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    broken: list[Reply | None] = field(default_factory=list)
    page_size: int = 100

    def add(
        self, number: int, conclusion: str | None = "success", *, hours: float = 2, branch: str = "main",
        seconds: float = 60, attempts: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        """A run so many hours before eight, with one job for each attempt."""
        started = EIGHT - timedelta(hours=hours)
        self.runs.append({
            "id": number, "name": "deploy", "head_branch": branch, "head_sha": f"{number:040}",
            "run_attempt": max(len(attempts), 1), "status": "completed" if conclusion else "in_progress",
            "conclusion": conclusion, "created_at": text(started), "html_url": f"https://github.com/run/{number}",
        })  # fmt: skip
        self.jobs[number] = [
            {
                "name": "test", "run_attempt": attempt, "conclusion": said, "started_at": text(started),
                "completed_at": text(started + timedelta(seconds=seconds)), "html_url": f"https://github.com/job/{number}",
            }
            for attempt, said in enumerate(attempts or (conclusion or "",), 1)
        ]  # fmt: skip

    def reply(self, path: str, sent: dict[str, Any]) -> Reply:
        if self.broken and (reply := self.broken.pop(0)) is not None:
            return reply
        url = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        where = url.path.removeprefix(f"/api/repos/{REPOSITORY}")
        if where == "":
            return Reply(body={"default_branch": "main"})
        if where == "/actions/runs":
            since, until = asked["created"].split("..")
            found = [run for run in self.runs if since <= run["created_at"] <= until]
            return self._page("workflow_runs", found, path, asked)
        if where.startswith("/actions/runs/") and where.endswith("/jobs"):
            return self._page("jobs", self.jobs[int(where.split("/")[3])], path, asked)
        return Reply(404, {"message": "Not Found"})

    def authorise(self, _handler: BaseHTTPRequestHandler) -> Reply | None:
        if _handler.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(401, {"message": "Bad credentials"})
        return None

    def _page(self, name: str, found: list[Any], path: str, asked: dict[str, str]) -> Reply:
        number = int(asked.get("page", "1"))
        first = (number - 1) * self.page_size
        headers = {}
        if first + self.page_size < len(found):
            plain = path.partition("&page=")[0]
            headers["link"] = f'<{self.url}{plain}&page={number + 1}>; rel="next", <{self.url}/x>; rel="last"'
        return Reply(body={"total_count": len(found), name: found[first : first + self.page_size]}, headers=headers)
