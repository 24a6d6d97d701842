"""Running the tools that build and deploy, with their output in a log."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local.progress import last_lines
from local.state import ROOT, LocalError


def run(command: Sequence[str], log: Path, variables: Mapping[str, str]) -> None:
    """Run to the end. Raises LocalError with the last lines of the log."""
    # `env` adds to what the person's shell has set (proxies, certificates) without our reading it.
    own = [f"{key}={value}" for key, value in variables.items()]
    with log.open("ab") as stream:
        done = subprocess.run(
            ["env", "-u", "AWS_PROFILE", "-u", "AWS_SESSION_TOKEN", *own, *command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        words = " ".join(Path(word).name if word.startswith("/") else word for word in command[:4])
        raise LocalError(f"`{words}` failed. The last lines of {log}:\n{last_lines(log)}")
