"""Lambda's Runtime API for one function at a time: hands it an event, notes when the answer came."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from time import perf_counter, time
from typing import Any, Final

from bench.loopback import Handler, served

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

    class Invocations(Handler):
        def do_GET(self) -> None:  # noqa: N802 -- http.server's name
            event = api.next_event()
            if event is None:
                self.close_connection = True
            else:
                self.answer(200, event, _invocation())

        def do_POST(self) -> None:  # noqa: N802 -- http.server's own name
            api.answered(self.path, self.body())
            self.answer(202, b"")

    with served(Invocations) as api.address:
        yield api


def _invocation() -> dict[str, str]:
    return {
        "Lambda-Runtime-Aws-Request-Id": "bench",
        "Lambda-Runtime-Invoked-Function-Arn": ARN,
        "Lambda-Runtime-Deadline-Ms": str(int((time() + DEADLINE_SECONDS) * 1000)),
    }
