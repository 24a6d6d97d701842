"""A P09 that is not one: it answers over real HTTP as the real one does, or in one of the ways in which systems break."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
PAGE = (
    '<!doctype html><html><head><script type="module" crossorigin src="/assets/index-1.js"></script></head>'
    '<body><div id="root"></div></body></html>'
)
KEYS = {"site_id": "1", "write_key": "p09w_write", "read_key": "p09r_read"}


@dataclass(frozen=True)
class Reply:
    """``hold``: no answer until the server stops; ``drop``: the connection is closed instead; ``trickle``: a byte now and
    then, and no end; ``cut``: closed in the middle."""

    status: int = 200
    body: Any = ""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    hold: bool = False
    trickle: bool = False
    drop: bool = False
    cut: bool = False


def health(check: str) -> Reply:
    return Reply(body={"status": "ok", "check": check, "milliseconds": 0.1})


def problem(status: int, detail: str) -> Reply:
    return Reply(status, {"title": "x", "detail": detail}, "application/problem+json")


Answer = Callable[["Service", dict[str, Any]], Reply]


def _always(reply: Reply) -> Answer:
    return lambda _service, _sent: reply


@dataclass
class Service:
    """``answers`` by path; a list of answers is used up one after the other, its last for ever."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)
    stored_after: int = 0  # queries that do not see an event yet

    def __post_init__(self) -> None:
        self.put("/health", health("api"))
        self.put("/health/db", health("db"))
        self.put("/health/redis", health("redis"))
        self.put("/", Reply(body=PAGE, kind="text/html; charset=utf-8"))
        self.put("/assets/index-1.js", Reply(body="x", kind="text/javascript"))
        self.answers["/v1/events"] = [Service.take]
        self.answers["/v1/query"] = [Service.count]

    def put(self, path: str, *replies: Reply) -> None:
        self.answers[path] = [_always(reply) for reply in replies]

    def put_all(self, reply: Reply) -> None:
        for path in self.answers:
            self.put(path, reply)

    def authorise(self, _handler: BaseHTTPRequestHandler) -> Reply | None:
        """A refusal of who may not ask; the endpoints that are only read are open to all."""
        return None

    def reply(self, path: str, sent: dict[str, Any]) -> Reply:
        self.asked[path] += 1
        answers = self.answers.get(path)
        if answers is None:
            return Reply(404, {"detail": "no such path"})
        return answers[0 if len(answers) == 1 else min(self.asked[path], len(answers)) - 1](self, sent)

    def take(self, sent: dict[str, Any]) -> Reply:
        """The event of an id counts once."""
        if sent["key"] != KEYS["write_key"]:
            return problem(401, "unknown key")
        self.events += [one for one in sent["body"]["events"] if one["id"] not in {old["id"] for old in self.events}]
        return Reply(202, {"accepted": len(sent["body"]["events"]), "rejected": []})

    def count(self, sent: dict[str, Any]) -> Reply:
        if sent["key"] != KEYS["read_key"]:
            return problem(401, "unknown key")
        page = sent["body"]["filters"][0][2][0]
        seen = sum(one["url"].endswith(page) for one in self.events)
        if self.asked["/v1/query"] <= self.stored_after:
            seen = 0
        return Reply(200, {"results": [{"metrics": [seen], "dimensions": []}], "meta": {}, "query": {}})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked had seen enough
            super().handle()

    def do_GET(self) -> None:
        self._answer(self.service.authorise(self) or self.service.reply(self.path, {}))

    def do_HEAD(self) -> None:
        self._answer(self.service.reply(self.path, {}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        self._answer(self.service.reply(self.path, {"body": body, "key": key}))

    def _answer(self, reply: Reply) -> None:
        self.close_connection = reply.drop or reply.hold or reply.cut or reply.trickle
        if reply.hold:
            self.service.stopped.wait()
        elif not reply.drop:
            with suppress(OSError):  # who asked may have hung up
                self._send(reply)

    def _send(self, reply: Reply) -> None:
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        missing = 100_000 if reply.cut or reply.trickle else 0
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        self.send_header("content-length", str(len(text.encode()) + missing))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())
        while reply.trickle and not self.service.stopped.wait(0.05):
            self.wfile.write(b" ")

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # of five, the usual, a busy machine turns connections away


@contextmanager
def served(service: Service | None = None) -> Iterator[Service]:
    """The service on a free port."""
    found = service or Service()
    handler = type("Handler", (_Handler,), {"service": found})
    with _Server((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        found.url = f"http://{HOST}:{server.server_port}"
        try:
            yield found
        finally:
            found.stopped.set()
            server.shutdown()
            thread.join()
