"""The code that rows run as Lambda does: our own archive and what it is compared with, byte-compiled."""

import atexit
import compileall
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
    """A folder with `functions`, `shared` and `inside`, as it would lie in /var/task; this process removes it at its end."""
    if not PYTHON.exists():
        raise NotInstalled("the packages to compare with are not installed: run `make bench`")
    folder = Path(tempfile.mkdtemp(prefix="p09-bundle-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with zipfile.ZipFile(assets.code(assets.local_target())) as archive:
        archive.extractall(folder)
    shutil.copytree(INSIDE, folder / "inside", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(folder / "inside", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return folder


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
