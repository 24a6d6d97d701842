"""What the person at the keyboard sees: one line for each step, with its seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BEGUN = time.monotonic()


def say(text: str) -> None:
    sys.stdout.write(f"[{time.monotonic() - _BEGUN:6.1f} s] {text}\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what begins and, when it went well, how long it took; a failure speaks for itself."""
    begun = time.monotonic()
    say(f"{text} …")
    yield
    say(f"{text}: done in {time.monotonic() - begun:.1f} s")


def last_lines(log: Path, count: int = 20) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"    {line}" for line in lines[-count:]) or "    (the log is empty)"
