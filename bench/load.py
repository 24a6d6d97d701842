"""Load over HTTP for any tracker: ``python -m bench.load --base-url http://127.0.0.1:3000 --shape umami``.

Every connection sends its next request as soon as the last was answered, for some seconds. First the
generator measures itself against a server that does nothing, so that its own limit is known.
"""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bench.figures import milliseconds, whole
from bench.load_client import SUCCESS, Run, keep_busy
from bench.shapes import AGENT, SHAPES, Shape, bodies
from bench.traffic import page_views
from shared.platform.percentile import percentile

DISTINCT_VIEWS = 20_000
CEILING_SECONDS = 1.0
FIRST_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Result:
    """Latencies in seconds; ``ceiling``: requests/s of the generator against an idle server."""

    shape: str
    connections: int
    seconds: float
    accepted: int
    confirmed: int
    refused: int
    broken: int
    requests_per_second: float
    events_per_second: float
    p50: float
    p99: float
    ceiling: float
    problem: str


def measure(
    base_url: str,
    shape: Shape,
    *,
    site: str,
    headers: list[str],
    connections: int,
    seconds: float,
    warm_up: float,
) -> Run:
    """Send requests for ``warm_up`` seconds that don't count and ``seconds`` that do, once a first one was answered."""
    url = urlsplit(base_url)
    if url.scheme != "http" or not _is_loopback(url.hostname or ""):
        raise typer.BadParameter(f"{base_url}: only plain HTTP servers on this machine are measured")
    views = list(page_views(DISTINCT_VIEWS, end=datetime.now(UTC), span=timedelta(hours=1)))  # before the time runs
    requests = _requests(base_url, shape, headers, bodies(shape, views, site))
    is_accepted = _first_status(url.hostname or "", url.port or 80, next(requests)) in SUCCESS
    run = Run(requests, seconds=seconds, warm_up=warm_up)
    run.confirmed += is_accepted
    with asyncio.Runner() as runner:
        runner.run(keep_busy(run, url.hostname or "", url.port or 80, connections))
    return run


def _requests(base_url: str, shape: Shape, headers: list[str], found: Iterator[bytes]) -> Iterator[bytes]:
    url = urlsplit(base_url)
    lines = [
        f"POST {url.path.rstrip('/')}{shape.path} HTTP/1.1",
        f"Host: {url.netloc}",
        f"User-Agent: {AGENT}",
        f"Content-Type: {shape.content_type}",
        *headers,
        "Content-Length: ",
    ]
    head = "\r\n".join(lines).encode()
    for body in found:
        yield b"%b%d\r\n\r\n%b" % (head, len(body), body)


def _first_status(host: str, port: int, request: bytes) -> int:
    """For it the server opens its own connections, which may take longer than all that is measured."""
    with socket.create_connection((host, port), timeout=FIRST_SECONDS) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        response.read()
        return response.status


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def ceiling(shape: Shape, connections: int) -> float:
    """Requests per second against a server in a process of its own that answers each request at once."""
    with idle_server() as base_url:
        run = measure(
            base_url,
            shape,
            site="",
            headers=[],
            connections=connections,
            seconds=CEILING_SECONDS,
            warm_up=0.3,
        )
    return len(run.latencies) / CEILING_SECONDS


@contextmanager
def idle_server() -> Iterator[str]:
    """The base URL of a server that answers each request at once, whatever it is."""
    command = [sys.executable, "-m", "bench.idle_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 -- it was asked for
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def result(name: str, run: Run, connections: int, limit: float) -> Result:
    rate = run.accepted / run.seconds
    return Result(
        shape=name,
        connections=connections,
        seconds=run.seconds,
        accepted=run.accepted,
        confirmed=run.confirmed,
        refused=run.refused,
        broken=run.broken,
        requests_per_second=rate,
        events_per_second=rate * SHAPES[name].events,
        p50=percentile(run.latencies or [0.0], 0.5),
        p99=percentile(run.latencies or [0.0], 0.99),
        ceiling=limit,
        problem=run.problem,
    )


def describe(found: Result) -> str:
    rate = whole(found.requests_per_second)
    share = found.requests_per_second / found.ceiling
    verdict = "the server was the limit" if share < 0.7 else "THE GENERATOR MAY BE THE LIMIT"  # noqa: PLR2004 -- of a core: the rule of thumb that the report states
    lines = [
        f"{found.shape}: {found.connections} connections, {found.seconds:g} s",
        f"  accepted   {rate} requests/s, {whole(found.events_per_second)} events/s",
        f"  latency    p50 {milliseconds(found.p50)}, p99 {milliseconds(found.p99)}",
        f"  failed     {found.refused} refused, {found.broken} broken connections {found.problem}",
        f"  generator  {whole(found.ceiling)} requests/s at most, {share:.0%} of it used: {verdict}",
    ]
    return "\n".join(lines)


def main(
    *,
    base_url: Annotated[str, typer.Option(help="Where the tracker listens; the shape adds its path.")],
    shape: Annotated[str, typer.Option(help=f"What is sent: {', '.join(SHAPES)}.")],
    site: Annotated[str, typer.Option(help="Umami's website id, Plausible's domain.")] = "",
    header: Annotated[list[str] | None, typer.Option(help="'Name: value', as often as needed.")] = None,
    connections: Annotated[int, typer.Option(min=1, max=512)] = 16,
    seconds: Annotated[float, typer.Option(min=0.1, max=120)] = 10,
    warm_up: Annotated[float, typer.Option(min=0, max=30)] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    if shape not in SHAPES:
        raise typer.BadParameter(f"{shape}: one of {', '.join(SHAPES)}")
    limit = ceiling(SHAPES[shape], connections)
    run = measure(
        base_url,
        SHAPES[shape],
        site=site,
        headers=header or [],
        connections=connections,
        seconds=seconds,
        warm_up=warm_up,
    )
    found = result(shape, run, connections, limit)
    print(json.dumps(asdict(found)) if as_json else describe(found))


if __name__ == "__main__":
    typer.run(main)
