"""The code that rows run as Lambda does: our own archive and what it is compared with, byte-compiled."""

import compileall
import shutil
import zipfile
from functools import cache
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from infra import assets
from local.state import ROOT

# Every stack runs on the same packages and the same Python; no deployed function sees them.
VENV: Final = ROOT / ".venv" / "bench"
PYTHON: Final = VENV / "bin" / "python"
FOLDER: Final = ROOT / ".local" / "bench-bundle"
COMPARED: Final = Path(__file__).parent / "handlers"


class NotInstalled(Exception):
    """The benchmark's own virtual environment is missing."""


@cache
def bundle() -> Path:
    """A folder with `functions`, `shared` and `compared`, as it would lie in /var/task."""
    if not PYTHON.exists():
        raise NotInstalled("the packages to compare with are not installed: run `make bench`")
    shutil.rmtree(FOLDER, ignore_errors=True)
    with zipfile.ZipFile(assets.code(assets.local_target())) as archive:
        archive.extractall(FOLDER)
    shutil.copytree(COMPARED, FOLDER / "compared", ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(FOLDER / "compared", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return FOLDER
