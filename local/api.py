"""P09's API over HTTP, for the command line, the demo and the end-to-end tests."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import httpx2


class Refused(Exception):  # what the API did, and how it reads where it is caught
    """The API answered with a problem document (RFC 9457), or not at all (status 0)."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        super().__init__(self.line())

    def line(self) -> str:
        """The problem in one readable line: what is wrong, why, where."""
        detail = str(self.problem.get("detail", ""))
        where = "; ".join(
            f"{error.get('pointer') or error.get('parameter') or 'request'}: {error['detail']}"
            for error in self.problem.get("errors", [])
            if error.get("detail") and error["detail"] not in detail
        )
        parts = [self.problem.get("title"), detail, where]
        text = ". ".join(str(part).rstrip(".") for part in parts if part)
        return f"{text} (HTTP {self.status})" if self.status else text


class Api:
    """One caller of one system; every method raises `Refused` unless the answer is a success."""

    def __init__(self, url: str, token: str | None = None, client: httpx2.Client | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = client or _client()
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **parameters: str) -> Any:
        return self._call("GET", path, params=parameters)

    def newest(self, path: str, name: str, limit: int, **asked: str | None) -> list[dict[str, Any]]:
        """The first entries of a list; what is empty is not asked for."""
        given = {key: value for key, value in asked.items() if value}
        found: list[dict[str, Any]] = self.get(path, limit=str(limit), **given)[name]
        return found

    def pages(self, path: str, name: str, **asked: str) -> Iterator[dict[str, Any]]:
        """All entries of a list, whose pages are followed by their cursor."""
        parameters = asked
        while True:
            page = self.get(path, **parameters)
            yield from page[name]
            if page["next_cursor"] is None:
                return
            parameters = asked | {"cursor": page["next_cursor"]}

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("POST", path, json=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._call("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def raw(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        """The response as it is, whatever its status."""
        sent = {**self._headers, **(headers or {})}
        try:
            return self._client.request(method, self.url + path, headers=sent, **options)
        except httpx2.TransportError as error:
            detail = f"{error}. Is the system running? `make run` starts the local one; --url names another"
            raise Refused(0, {"title": f"No answer from {self.url}", "detail": detail}) from error

    def checked(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """The response, which is a success."""
        answer = self.raw(method, path, **options)
        if answer.is_success:
            return answer
        raise Refused(answer.status_code, _problem(answer))

    def _call(self, method: str, path: str, **options: Any) -> Any:
        answer = self.checked(method, path, **options)
        return answer.json() if answer.content else None


@cache
def _client() -> httpx2.Client:
    """One for the process. The front door closes idle connections after 5 s: we let go of them first."""
    return httpx2.Client(timeout=35, limits=httpx2.Limits(keepalive_expiry=2), trust_env=False)


def _problem(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if isinstance(content, dict):
        # What the gateway itself says has no title; a function that did not start has an errorMessage.
        return {"title": content.get("message") or content.get("errorMessage") or "Refused", **content}
    return {"title": "Refused", "detail": answer.text[:200]}
