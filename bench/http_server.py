"""An application under uvicorn in one process, as the HTTP rows measure it."""

import http.client
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import IO, Final

from bench import environment
from bench.bundle import PYTHON, MeasuringFailed, bundle
from bench.servers import Servers
from local.state import LOOPBACK, free_port

START_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.05


@contextmanager
def function_server(function: str, servers: Servers) -> Iterator[str]:
    """Start the FastAPI application of one of our functions and give its base URL."""
    with http_server(f"functions.{function}.handler:app", environment.of(function, servers)) as base_url:
        yield base_url


@contextmanager
def http_server(app: str, variables: Mapping[str, str]) -> Iterator[str]:
    """Start an application of the bundle and give its base URL."""
    port = free_port()
    options = ("--host", LOOPBACK, "--port", str(port), "--no-access-log", "--log-level", "warning")
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            [PYTHON, "-m", "uvicorn", *options, app],
            cwd=bundle(),
            env=dict(variables),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            _wait(process, port, errors)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, errors: IO[bytes]) -> None:
    ends = monotonic() + START_SECONDS
    while not _answers(port):
        if process.poll() is not None or monotonic() > ends:
            errors.seek(0)
            raise MeasuringFailed(f"uvicorn did not start: {errors.read()[-2000:].decode(errors='replace')}")
        sleep(POLL_SECONDS)


def _answers(port: int) -> bool:
    """Whatever it answers: an application may have no such route."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/health")
        connection.getresponse().read()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()
