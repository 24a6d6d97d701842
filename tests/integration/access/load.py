"""Requests that go on while a secret is rotated: none may fail."""

from collections.abc import Callable
from threading import Event, Thread

ROTATIONS = 6
REQUESTS = 30  # between two rotations, of all servers together


def serve_during_rotations(rotate: Callable[[], object], user: Callable[[], Callable[[], None]], servers: int) -> None:
    """``user`` makes a server's own way to serve a request, which raises when it could not."""
    stop, done, failures = Event(), [], []

    def serve() -> None:
        once = user()
        while not stop.is_set():
            try:
                once()
            except Exception as error:  # noqa: BLE001 -- any failure of a request is what this looks for
                failures.append(error)
            done.append(1)

    threads = [Thread(target=serve) for _ in range(servers)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(ROTATIONS):
            before = len(done)
            rotate()
            while len(done) < before + REQUESTS and not failures:
                stop.wait(0.01)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
