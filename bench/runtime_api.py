"""Lambda's Runtime API for one function at a time: hands it an event, notes when the answer came."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from time import perf_counter, time
from typing import Any, Final

ARN: Final = "arn:aws:lambda:us-east-1:000000000000:function:bench"
WATCH_SECONDS: Final = 0.2
DEADLINE_SECONDS: Final = 300


class FunctionFailed(Exception):
    """The function answered with an error, or could not be started."""


class RuntimeApi:
    """``address`` is what AWS_LAMBDA_RUNTIME_API has to say."""

    def __init__(self) -> None:
        self.address = ""
        self._events: Queue[bytes | None] = Queue()
        self._answers: Queue[tuple[float, str, bytes]] = Queue()

    def send(self, event: dict[str, Any]) -> None:
        self._events.put(json.dumps(event).encode())

    def answer(self, seconds: float = WATCH_SECONDS) -> tuple[float, Any] | None:
        """When the next answer arrived and what it was; None if it didn't. Raises ``FunctionFailed``."""
        try:
            at, path, body = self._answers.get(timeout=seconds)
        except Empty:
            return None
        if not path.endswith("/response"):
            raise FunctionFailed(body.decode(errors="replace")[:2000])
        return at, json.loads(body)

    def stop_waiting(self) -> None:
        """Let go of a function that was killed while it asked for the next event."""
        self._events.put(None)

    def next_event(self) -> bytes | None:
        return self._events.get()

    def answered(self, path: str, body: bytes) -> None:
        self._answers.put((perf_counter(), path, body))


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(api)) as server:
        server.daemon_threads = True
        server.block_on_close = False
        api.address = f"127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # header and body leave in one write: else delayed acknowledgements cost 40 ms
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            event = api.next_event()
            if event is None:
                self.close_connection = True
                return
            self._send(200, event)

        def do_POST(self) -> None:
            api.answered(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self._send(202, b"")

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "bench")
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", ARN)
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time() + DEADLINE_SECONDS) * 1000)))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Stay silent."""

    return Handler
