import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.state import ROOT
from tests.e2e.local_system import until


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


SUCCEEDS, FAILS = python("print('well')"), python("print('wrong'); raise SystemExit(3)")
# Cleans up when it is interrupted, as pytest does; says when it is ready for that.
WAITS = """
import sys, pathlib, time
try:
    pathlib.Path({ready!r}).touch()
    time.sleep(600)
except KeyboardInterrupt:
    pathlib.Path({cleaned!r}).touch()
"""


def beside(log: Path, background: str, foreground: str, *, in_background: bool = False) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "scripts.beside", str(log), background, foreground]
    ctrl_c = signal.getsignal(signal.SIGINT)
    try:
        if in_background:  # what a shell's background begins with
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, ctrl_c)


@pytest.mark.parametrize(
    ("background", "foreground", "code"),
    [(SUCCEEDS, SUCCEEDS, 0), (FAILS, SUCCEEDS, 3), (SUCCEEDS, FAILS, 3), (FAILS, FAILS, 3)],
)
def test_two_commands_succeed_only_together(tmp_path: Path, background: str, foreground: str, code: int) -> None:
    with beside(tmp_path / "log", background, foreground) as process:
        process.communicate()
    assert process.returncode == code


def test_what_the_command_in_the_background_said_comes_last(tmp_path: Path) -> None:
    with beside(tmp_path / "log", FAILS, SUCCEEDS) as process:
        said, _ = process.communicate()
    assert [line for line in said.splitlines() if line in {"well", "wrong"}] == ["well", "wrong"]


@pytest.mark.parametrize("in_background", [False, True])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_both_commands_clean_up_when_they_are_ended(
    tmp_path: Path, how: signal.Signals, *, in_background: bool
) -> None:
    files = {name: [tmp_path / f"{name}-{side}" for side in "ab"] for name in ("ready", "cleaned")}
    commands = [
        python(WAITS.format(ready=str(ready), cleaned=str(cleaned)))
        for ready, cleaned in zip(files["ready"], files["cleaned"], strict=True)
    ]
    with beside(tmp_path / "log", *commands, in_background=in_background) as process:
        until(lambda: all(ready.exists() for ready in files["ready"]), "both commands wait")
        os.kill(process.pid, how)
        process.communicate()
    assert process.returncode != 0
    assert all(cleaned.exists() for cleaned in files["cleaned"])
