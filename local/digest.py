"""Whether inputs changed: one digest over files and folders, without what is made of them."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from local.state import ROOT

_MADE = {"__pycache__", "node_modules", "dist", "build"}


def digest_of(inputs: Iterable[str]) -> str:
    """Inputs are paths, relative to the checkout or absolute; one that does not exist is no input."""
    digest = hashlib.sha256()
    for name in inputs:
        for file in _files(ROOT / name):
            digest.update(str(file).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for child in sorted(path.iterdir()) if path.is_dir() else ():
        if child.name not in _MADE and not child.name.startswith("."):
            yield from _files(child)
