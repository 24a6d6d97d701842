"""Run a command beside another: ``python -m scripts.beside LOG "BACKGROUND" "FOREGROUND"``.

What the one in the background says goes to the log and is printed after the other's. Fails if one of them fails. Whoever
ends this ends both: each gets the signal of Ctrl-C, and the time to clean up.
"""

import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

from local.run import Stop, stop_signals

STOPPED = 130


def run(log: Path, background: str, foreground: str) -> int:
    """The exit code for both."""
    begun = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    started: list[subprocess.Popen[bytes]] = []
    try:
        # A command that is started while Ctrl-C is ignored, as it is in a shell's background, would ignore it for ever.
        with stop_signals():
            with log.open("wb") as output:
                behind = subprocess.Popen(shlex.split(background), stdout=output, stderr=subprocess.STDOUT)
            started.append(behind)
            front = subprocess.Popen(shlex.split(foreground))
            started.append(front)
            codes = [front.wait()]
            _say(foreground, begun)
            codes.append(behind.wait())
    except Stop:
        for process in reversed(started):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait()
        codes = [STOPPED]
    print(log.read_text(errors="replace"), end="")
    _say(background, begun)
    return max(abs(code) for code in codes)


def _say(command: str, begun: float) -> None:
    print(f"{time.monotonic() - begun:.0f} s: {command}\n", flush=True)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
