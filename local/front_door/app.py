"""Stands for the CloudFront domains on this machine: the console's and API's, and under a host of its own the status page's.

MiniStack serves CloudFront's S3 origins, functions and headers policies itself, addressed by the
distribution's host name: those requests are only passed on. It refuses origins at AWS's host names, so calls
of the API go to its gateway directly, with the headers that CloudFront would add.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from html import escape
from pathlib import Path
from uuid import uuid4

import httpx2
from botocore.exceptions import BotoCoreError, ClientError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Host, Route, Router

from local.chaos import ChaosWatch
from local.front_door.distribution import EVERY_METHOD, STAGING_PATH, ApiBehavior, Distribution, read_distribution
from local.front_door.edge import Answered, Edge
from local.people import DEMO_PEOPLE, PASSWORD

DEMO_PAGE = Path(__file__).with_name("demo_page.html")
REREAD_SECONDS = 3.0
PUBLISH_SECONDS = 5.0
MOST_BYTES = 10 * 1024 * 1024  # what API Gateway takes at most
# Says which faults of `p09 chaos` an answer has: nobody looks for their cause.
INJECTED = "x-p09-injected"
_MILLISECONDS = 1000
# What belongs to the viewer's connection, and what is written anew for the origin.
_NOT_PASSED_ON = frozenset(
    (
        *("connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"),
        *("host", "via", "x-forwarded-for", "x-forwarded-proto"),
    )
)
# Only CloudFront says these; what a viewer sends under these names is dropped.
_CLOUDFRONT_PREFIX = "cloudfront-"
UNKNOWN_COUNTRY = "ZZ"
STATUS_HOST = "status.localhost"  # infra/stacks/status.py puts it into links


class FrontDoor:
    def __init__(
        self,
        endpoint: str,
        chaos: ChaosWatch,
        edge: Edge,
        read: Callable[[str], Distribution] = read_distribution,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._chaos = chaos
        self.edge = edge
        self._read = read
        self._distribution: Distribution | None = None
        self._read_at = 0.0
        self._reading = asyncio.Lock()
        # The gateway closes idle connections after 5 s: let go of them first, or a POST meets a closed one.
        limits = httpx2.Limits(max_connections=100, keepalive_expiry=2)
        self._client = httpx2.AsyncClient(
            base_url=endpoint, timeout=35, limits=limits, trust_env=False, transport=transport
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def answer(self, request: Request) -> Response:
        distribution = await self._current()
        if distribution is None:
            return problem(503, "Nothing is deployed yet", "The local system is starting, or its deployment failed.")
        behavior = distribution.api_behavior(request.url.path)
        if behavior and request.method not in behavior.methods:
            return problem(
                403, "Method not allowed", "The CloudFront behaviour of this path does not allow this method."
            )
        body = await request.body()
        if len(body) > MOST_BYTES:
            return problem(413, "Content too large", f"API Gateway takes at most {MOST_BYTES} bytes.")
        if behavior is None or behavior.mounted_at:
            return await self._forward_or_tell(request, body, distribution, behavior)
        return await self._call_api(request, body, distribution, behavior)

    async def _call_api(
        self, request: Request, body: bytes, distribution: Distribution, behavior: ApiBehavior
    ) -> Response:
        """What API Gateway's access log would say of it is counted, injected faults included."""
        started = time.perf_counter()
        chaos, injected = self._chaos.now(), []
        if chaos.latency:
            injected.append(f"latency {chaos.latency * _MILLISECONDS:.0f} ms")
            await asyncio.sleep(chaos.latency)
        if self._chaos.hits(chaos):
            injected.append("error")
            detail = "The front door injects errors: `p09 chaos off` ends it."
            response = problem(503, "Injected failure", detail)
            response.headers["x-request-id"] = str(uuid4())
        else:
            response = await self._forward_or_tell(request, body, distribution, behavior)
        if injected:
            response.headers[INJECTED] = ", ".join(injected)
        self.edge.count(
            Answered(
                request_id=response.headers.get("x-request-id", ""),
                method=request.method,
                path=request.url.path,
                status=response.status_code,
                seconds=time.perf_counter() - started,
                injected=", ".join(injected),
            )
        )
        return response

    async def _forward_or_tell(
        self, request: Request, body: bytes, distribution: Distribution, behavior: ApiBehavior | None
    ) -> Response:
        try:
            return await self._forward(request, body, distribution, behavior)
        except httpx2.TransportError as error:
            reason = f"The local AWS did not answer ({type(error).__name__}). It may be restarting: try again."
            return problem(502, "Bad gateway", reason)

    async def _forward(
        self, request: Request, body: bytes, distribution: Distribution, behavior: ApiBehavior | None
    ) -> Response:
        headers = viewer_headers(request, behavior.origin_headers if behavior else {})
        path = request.scope["raw_path"].decode("ascii")
        if behavior:
            headers += [*behavior.origin_headers.items(), *cloudfront_headers(request)]
            path = behavior.path_prefix + path.removeprefix(behavior.mounted_at)
        else:
            headers += [("host", distribution.domain), ("x-forwarded-proto", "https")]
        url = httpx2.URL(self._endpoint + path).copy_with(query=request.scope["query_string"] or None)
        async with self._client.stream(request.method, url, headers=headers, content=body) as answer:
            # As it came: a compressed body stays compressed.
            content = b"".join([part async for part in answer.aiter_raw()])
        return respond(answer, content, behavior)

    async def _current(self) -> Distribution | None:
        """The distribution, read again when it was read a while ago: a deployment may have changed it."""
        if self._distribution is None:
            async with self._reading:
                if self._distribution is None:
                    await self._read_again()
        elif time.monotonic() - self._read_at > REREAD_SECONDS and not self._reading.locked():
            async with self._reading:
                await self._read_again()
        return self._distribution

    async def _read_again(self) -> None:
        self._read_at = time.monotonic()
        # While the local AWS restarts, what was known stays.
        with suppress(BotoCoreError, ClientError, KeyError):
            self._distribution = await asyncio.to_thread(self._read, self._endpoint)


def viewer_headers(request: Request, overridden: Mapping[str, str]) -> list[tuple[str, str]]:
    """Without those that the origin gets from CloudFront itself, whatever the viewer sends under their names."""
    dropped = _NOT_PASSED_ON.union(name.lower() for name in overridden)
    return [
        (name, value.strip())
        for name, value in request.headers.items()
        if name not in dropped and not name.startswith(_CLOUDFRONT_PREFIX)
    ]


def cloudfront_headers(request: Request) -> list[tuple[str, str]]:
    host, port = request.client or ("127.0.0.1", 0)
    before = request.headers.get("x-forwarded-for")
    return [
        ("x-forwarded-for", f"{before}, {host}" if before else host),
        ("x-forwarded-proto", "https"),
        ("cloudfront-viewer-address", f"{host}:{port}"),
        ("cloudfront-viewer-country", UNKNOWN_COUNTRY),
        ("via", "2.0 front-door.local (CloudFront)"),
    ]


def respond(answer: httpx2.Response, body: bytes, behavior: ApiBehavior | None) -> Response:
    response = Response(body, answer.status_code)
    response.raw_headers[:] = [
        (name, value)
        for name, value in answer.headers.raw
        if name.decode("latin-1").lower() not in {"transfer-encoding", "connection", "keep-alive"}
    ]
    for header in behavior.response_headers if behavior else ():
        if header.override or header.name not in response.headers:
            response.headers[header.name] = header.value
    return response


def problem(status: int, title: str, detail: str) -> Response:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status, media_type="application/problem+json")


async def demo_people(_request: Request) -> Response:
    """For the console's sign-in page: one click for each demo person."""
    return JSONResponse([{**person.public(), "password": PASSWORD} for person in DEMO_PEOPLE])


async def demo_page(request: Request) -> Response:
    """A customer's site: every host name under which this machine is reached is a domain of its own."""
    title = request.path_params["page"].rpartition("/")[2].replace("-", " ").capitalize() or "Demo site"
    page = DEMO_PAGE.read_text()
    for name, value in (("domain", request.url.hostname or ""), ("title", title)):
        page = page.replace(f"{{{{{name}}}}}", escape(value))
    return HTMLResponse(page)


async def publish(edge: Edge) -> None:
    while True:
        await asyncio.sleep(PUBLISH_SECONDS)
        await asyncio.to_thread(edge.flush)


def create_app(door: FrontDoor, status_page: FrontDoor, staging: FrontDoor) -> Starlette:
    """Two distributions: the status page's has a host of its own, and shares nothing with the other one. Staging's API has none."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        publishing = asyncio.create_task(publish(door.edge))
        yield
        publishing.cancel()
        with suppress(asyncio.CancelledError):
            await publishing
        await asyncio.to_thread(door.edge.flush)
        await door.close()
        await status_page.close()
        await staging.close()

    async def answer(request: Request) -> Response:
        return await door.answer(request)

    async def answer_staging(request: Request) -> Response:
        return await staging.answer(request)

    async def answer_status_page(request: Request) -> Response:
        return await status_page.answer(request)

    return Starlette(
        routes=[
            Host(STATUS_HOST, Router([Route("/{path:path}", answer_status_page, methods=EVERY_METHOD)])),
            Route("/demo/people.json", demo_people),
            Route("/demo/{page:path}", demo_page),
            Route(f"{STAGING_PATH}/{{path:path}}", answer_staging, methods=EVERY_METHOD),
            Route("/{path:path}", answer, methods=EVERY_METHOD),
        ],
        lifespan=lifespan,
    )
