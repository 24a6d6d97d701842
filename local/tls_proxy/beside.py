"""A proxy of its own for one server, for as long as that runs."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from local.state import ROOT, LocalError, free_port, is_free
from local.tls_proxy.relay import Kind, Way

_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02


class Beside:
    """Stopped by ``stop``; a child of this process, and of its group. Raises LocalError when it doesn't start."""

    def __init__(self, folder: Path, kind: Kind, target: int) -> None:
        self.port = free_port()
        way = Way(kind, self.port, target)
        command = [sys.executable, "-m", "local.tls_proxy", str(folder), str(way)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        self._wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while is_free(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                raise LocalError(f"the TLS proxy did not listen on port {self.port}: the log above says why")
            time.sleep(_POLL_SECONDS)
