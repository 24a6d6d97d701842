"""The code that rows run as Lambda does: our own archive and what it is compared with, byte-compiled."""

import compileall
import hashlib
import json
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any, Final

from infra import assets
from local.state import ROOT

# Every stack runs on the same packages and the same Python; no deployed function sees them.
VENV: Final = ROOT / ".venv" / "bench"
PYTHON: Final = VENV / "bin" / "python"
RUN_SECONDS: Final = 120
INSIDE: Final = Path(__file__).parent / "inside"


class MeasuringFailed(Exception):
    """A row's process ended with an error; the message ends with what it said."""


class NotInstalled(Exception):
    """The benchmark's own virtual environment is missing."""


@cache
def bundle() -> Path:
    """A folder with `functions`, `shared` and `inside`, as it would lie in /var/task; kept until one of them changes."""
    if not PYTHON.exists():
        raise NotInstalled("the packages to compare with are not installed: run `make bench`")
    code = assets.code(assets.local_target())
    folder = assets.BUILD / f"bench-{_digest(code)}"
    if folder.exists():
        return folder
    draft = Path(tempfile.mkdtemp(dir=assets.BUILD, prefix="unfinished-bench-"))
    _fill(draft, code)
    for outdated in assets.BUILD.glob("bench-*"):
        shutil.rmtree(outdated, ignore_errors=True)
    try:
        draft.rename(folder)  # at once: another process may be at it as well
    except OSError:
        shutil.rmtree(draft)
    return folder


def _digest(code: Path) -> str:
    """The archive of our code is named after its own inputs."""
    files = [b"%b %b" % (path.name.encode(), path.read_bytes()) for path in sorted(INSIDE.glob("*.py"))]
    return hashlib.sha256(b"\0".join([code.name.encode(), *files])).hexdigest()[:16]


def _fill(folder: Path, code: Path) -> None:
    with zipfile.ZipFile(code) as archive:
        archive.extractall(folder)
    shutil.copytree(INSIDE, folder / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(
        folder / "inside",
        quiet=2,
        stripdir=folder,
        prependdir=Path("/var/task"),
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )


def run_inside(module: str, environment: Mapping[str, str], given: Any) -> dict[str, float]:
    """Run a module inside the bundle: JSON on its standard input, figures on its standard error."""
    done = subprocess.run(
        [PYTHON, "-m", f"inside.{module}"],
        cwd=bundle(),
        env=dict(environment),
        input=json.dumps(given),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    if done.returncode:
        raise MeasuringFailed(f"{module}: {done.stderr[-2000:]}")
    try:
        figures: dict[str, float] = json.loads(done.stderr)
    except json.JSONDecodeError as error:  # a warning or a traceback in between: then the figures mean nothing
        raise MeasuringFailed(f"{module}: {done.stderr[-2000:]}") from error
    return figures
