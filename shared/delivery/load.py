"""A small, steady load by the standard library alone: events and queries of one synthetic site, and the health endpoint.

Requests are due at fixed moments whether or not the ones before were answered, as customers' are; each one's time counts
from its moment, so a system that stalls can't hide behind a client that waits for it.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from shared.delivery.snapshot import Sample
from shared.platform.secret import Secret
from shared.platform.tls import trust

EVENT: Final = "event"
QUERY: Final = "query"
HEALTH: Final = "health"
MIX: Final = (EVENT, EVENT, QUERY, EVENT, EVENT, HEALTH, EVENT, EVENT, QUERY, EVENT)
"""In turn: of ten requests, seven are events, two are queries."""

TIMEOUT_SECONDS: Final = 5.0
GIVE_UP_AFTER: Final = 20
"""Failures in a row end it: a system that is down is not helped by more requests."""

_CONNECTIONS: Final = 32
_AGENT: Final = "P09-load-snapshot"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The synthetic site. ``page`` is the address under which its events happen."""

    id: str
    page: str
    write_key: Secret
    read_key: Secret


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    expected: HTTPStatus
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None


def shares() -> Mapping[str, int]:
    """How many of ten requests are of which kind."""
    return {kind: MIX.count(kind) for kind in dict.fromkeys(MIX)}


def load(
    url: str, site: Site, run: str, *, per_second: int, seconds: int, clock: Callable[[], float] = time.perf_counter
) -> list[Sample]:
    """Send ``per_second * seconds`` requests at most. ``run`` names the events: the same run, made again, sends the same ones."""
    plan = _Plan(per_second * seconds, clock() + 1 / per_second, per_second)
    workers = [
        threading.Thread(target=_work, args=(plan, url, site, run, clock), daemon=True)
        for _ in range(min(_CONNECTIONS, plan.total))
    ]
    for worker in workers:
        worker.start()
    ends = plan.begins + seconds + 2 * TIMEOUT_SECONDS
    for worker in workers:
        worker.join(max(ends - clock(), 0))
    return plan.end()


class _Plan:
    """Which request is due when, and what came of it; used by many threads."""

    def __init__(self, total: int, begins: float, per_second: int) -> None:
        self.total = total
        self.begins = begins
        self._per_second = per_second
        self._next = 0
        self._in_a_row = 0
        self._open: set[int] = set()
        self._samples: list[Sample] = []
        self._ended = False
        self._lock = threading.Lock()

    def take(self) -> tuple[int, float] | None:
        """The next request and its moment; None when there is no more."""
        with self._lock:
            if self._ended or self._next >= self.total or self._in_a_row >= GIVE_UP_AFTER:
                return None
            number, self._next = self._next, self._next + 1
            self._open.add(number)
            return number, self.begins + number / self._per_second

    def answered(self, number: int, sample: Sample) -> None:
        with self._lock:
            if self._ended:
                return
            self._open.discard(number)
            self._in_a_row = self._in_a_row + 1 if sample.why else 0
            self._samples.append(sample)

    def end(self) -> list[Sample]:
        """What never came to an end has failed."""
        with self._lock:
            self._ended = True
            late = [Sample(kind=kind_of(one), seconds=TIMEOUT_SECONDS, why="no end") for one in sorted(self._open)]
            return [*self._samples, *late]


def kind_of(number: int) -> str:
    return MIX[number % len(MIX)]


def request(number: int, site: Site, run: str) -> Request:
    kind = kind_of(number)
    if kind == EVENT:
        event = {"name": "pageview", "id": f"{run}-{number}", "visitor_id": f"{run}-{number % 50}", "url": site.page}
        return _post("/v1/events", site.write_key, {"events": [event]}, HTTPStatus.ACCEPTED)
    if kind == QUERY:
        query = {
            "site_id": site.id, "metrics": ["visitors", "pageviews"], "date_range": "24h", "dimensions": ["event:page"],
        }  # fmt: skip
        return _post("/v1/query", site.read_key, query, HTTPStatus.OK)
    return Request(method="GET", path="/health", expected=HTTPStatus.OK)


def _post(path: str, key: Secret, body: object, expected: HTTPStatus) -> Request:
    headers = {"authorization": f"Bearer {key.reveal()}", "content-type": "application/json"}
    return Request(method="POST", path=path, expected=expected, headers=headers, body=json.dumps(body).encode())


def _work(plan: _Plan, url: str, site: Site, run: str, clock: Callable[[], float]) -> None:
    connection = _Connection(url)
    while (due := plan.take()) is not None:
        number, moment = due
        time.sleep(max(moment - clock(), 0))
        why = connection.ask(request(number, site, run))
        plan.answered(number, Sample(kind=kind_of(number), seconds=clock() - moment, why=why))
    connection.close()


class _Connection:
    """Kept from one request to the next, as a browser keeps it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path.rstrip("/")
        self._http = (
            http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_SECONDS, context=trust())
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
        )

    def ask(self, request: Request) -> str:
        """Why it failed; empty when it did not."""
        kept = self._http.sock is not None
        why, gone = self._try(request)
        # The server may close a kept connection at any moment; all of these requests may be sent twice.
        return self._try(request)[0] if gone and kept else why

    def close(self) -> None:
        self._http.close()

    def _try(self, request: Request) -> tuple[str, bool]:
        """Why it failed, and whether the connection was gone before an answer began."""
        try:
            headers = {"user-agent": _AGENT, **request.headers}
            self._http.request(request.method, f"{self._path}{request.path}", request.body, headers)
            answer = self._http.getresponse()
            answer.read()
        except TimeoutError:
            self._http.close()
            return f"{request.path}: no answer within {TIMEOUT_SECONDS:g} s", False
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._http.close()
            return f"{request.path}: the connection was closed without an answer", True
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            return f"{request.path}: {type(error).__name__}: {error}"[:200], False
        return "" if answer.status == request.expected else f"{request.path} answered {answer.status}", False
