"""From sending an event over HTTP to seeing it in a query's answer; the worker is woken as the bus would."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from bench.benched import COLLECT, LOGINS, QUERY, WORKER
from bench.bundle import MeasuringFailed
from bench.context import Context
from bench.figures import milliseconds
from bench.http_server import function_server
from bench.outcome import Outcome
from bench.servers import Servers, Site
from shared.platform.percentile import percentile
from shared.storage.drain import drain

TARGET_SECONDS: Final = 1.0
GIVE_UP_SECONDS: Final = 20.0
POLL_SECONDS: Final = 0.01


def measure(context: Context) -> Iterator[Outcome]:
    servers = context.servers
    servers.empty()
    site = servers.add_site()
    with (
        function_server(COLLECT, servers) as collect,
        function_server(QUERY, servers) as query,
        _worker(servers),
        _connected(collect) as sender,
        _connected(query) as asker,
    ):
        numbers = range(1, context.size.fresh_events + 1)
        seconds = [_seconds_until_visible(sender, asker, site, number) for number in numbers]
    p95 = percentile(seconds, 0.95)
    yield Outcome(
        row="freshness",
        what="event sent to visible in a query",
        target=f"p95 ≤ {TARGET_SECONDS:g} s",
        measured=f"p50 {milliseconds(percentile(seconds, 0.5))}, p95 {milliseconds(p95)}",
        met=p95 <= TARGET_SECONDS,
        note=f"{len(seconds)} events one after another; AWS' own delivery of the wake-up comes on top",
        figures={"p50_seconds": percentile(seconds, 0.5), "p95_seconds": p95},
    )


@contextmanager
def _connected(base_url: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=GIVE_UP_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _worker(servers: Servers) -> Iterator[None]:
    """Drain whenever the API puts an event on the bus."""
    woken, ending = Event(), Event()
    servers.aws.on_events = lambda _entries: woken.set()
    thread = Thread(target=_drain_when_woken, args=(servers, woken, ending), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        woken.set()
        thread.join()
        servers.aws.on_events = lambda _entries: None


def _drain_when_woken(servers: Servers, woken: Event, ending: Event) -> None:
    with servers.valkey() as valkey, servers.database(LOGINS[WORKER]) as database:
        while woken.wait() and not ending.is_set():
            woken.clear()
            drain(valkey, database, lambda: True)


def _seconds_until_visible(
    sender: http.client.HTTPConnection, asker: http.client.HTTPConnection, site: Site, number: int
) -> float:
    event = {
        "id": str(uuid4()),
        "name": "pageview",
        "timestamp": datetime.now(UTC).isoformat(),
        "visitor_id": f"visitor-{number}",
        "url": "https://shop.example/",
    }
    query = {"site_id": str(site.id), "metrics": ["events"], "date_range": "all"}
    begun = perf_counter()
    _post(sender, "/v1/events", site.write_key, {"events": [event]})
    while perf_counter() - begun < GIVE_UP_SECONDS:
        [row] = _post(asker, "/v1/query", site.read_key, query)["results"] or [{"metrics": [0]}]
        if row["metrics"][0] >= number:
            return perf_counter() - begun
        sleep(POLL_SECONDS)
    raise MeasuringFailed(f"event {number} was not visible within {GIVE_UP_SECONDS:g} s")


def _post(connection: http.client.HTTPConnection, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status >= http.HTTPStatus.BAD_REQUEST:
        raise MeasuringFailed(f"{path} answered {response.status} {answer[:500].decode(errors='replace')}")
    found: dict[str, Any] = json.loads(answer)
    return found
