"""One environment of a Lambda function: a process of AWS' own runtime client that runs our bundle."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO, Any, Final

import psutil

from bench import environment
from bench.bundle import PYTHON, bundle
from bench.runtime_api import FunctionFailed, RuntimeApi, runtime_api
from bench.servers import Servers

ANSWER_SECONDS: Final = 60.0
PATH: Final = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Function:
    """``handler`` as Lambda's configuration names it, and the function's environment."""

    name: str
    handler: str
    environment: Mapping[str, str]


def ours(name: str, servers: Servers) -> Function:
    """One of our functions by its folder's name, as `infra` deploys it."""
    return Function(name, f"functions.{name}.handler.handler", environment.of(name, servers))


class Environment:
    """A started function. ``begun`` is the moment just before its process was started."""

    def __init__(self, api: RuntimeApi, process: subprocess.Popen[bytes], begun: float, errors: IO[bytes]) -> None:
        self.begun = begun
        self._api = api
        self._process = process
        self._errors = errors

    def invoke(self, event: dict[str, Any]) -> tuple[float, Any]:
        """When the answer came and what it was. Raises ``FunctionFailed``."""
        self._api.send(event)
        ends = perf_counter() + ANSWER_SECONDS
        while perf_counter() < ends:
            answered = self._api.answer()
            if answered is not None:
                return answered
            if self._process.poll() is not None:
                raise FunctionFailed(f"ended with code {self._process.returncode}: {self._last_words()}")
        raise FunctionFailed(f"no answer within {ANSWER_SECONDS:g} s: {self._last_words()}")

    def processor_seconds(self) -> float:
        """What it has used so far: not disturbed by what else the machine does."""
        used = psutil.Process(self._process.pid).cpu_times()
        return float(used.user + used.system)

    def resident_bytes(self) -> int:
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-1500:].decode(errors="replace")


@contextmanager
def started(function: Function) -> Iterator[Environment]:
    """Start an environment; the first invocation is its cold start."""
    folder = bundle()
    with runtime_api() as api, TemporaryFile() as errors:
        variables = {
            "PATH": PATH,
            "AWS_LAMBDA_RUNTIME_API": api.address,
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
            "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
            **function.environment,
        }
        begun = perf_counter()
        process = subprocess.Popen(
            [PYTHON, "-m", "awslambdaric", function.handler],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            yield Environment(api, process, begun, errors)
        finally:
            process.kill()
            process.wait()
            api.stop_waiting()
