"""The code of functions in MiniStack's state, each in a file of its own.

As MiniStack writes it, every function and every version of one has its code, and that of its layers, in the same JSON:
370 MB of base64, which cost a stop ten seconds and a start three.
"""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

KEY: Final = "__kept_code__"
LARGE: Final = 4096  # bytes; what is smaller stands in the JSON


class KeptCode:
    """In ``folder``; ``default`` and ``hook`` are the ways of MiniStack's JSON, for everything else."""

    def __init__(self, folder: Path, default: Callable[[Any], Any], hook: Callable[[dict[str, Any]], Any]) -> None:
        self._folder = folder
        self._default = default
        self._hook = hook
        self._read = cache(self._read_anew)

    def to_json(self, content: Any) -> Any:
        """What ``json.dump`` is to write in place of ``content``."""
        if not isinstance(content, bytes | bytearray) or len(content) < LARGE:
            return self._default(content)
        name = sha256(content).hexdigest()
        if not (self._folder / name).exists():
            self._write(name, content)
        return {KEY: name}

    def from_json(self, content: dict[str, Any]) -> Any:
        """The reverse; the same code is the same object, however many have it."""
        return self._read(content[KEY]) if KEY in content else self._hook(content)

    def forget_unused(self, *states: Path) -> None:
        """Remove what none of these files names any more, such as code before the last deploys."""
        named = "".join(state.read_text() for state in states)
        for file in self._folder.glob("*"):
            if file.name not in named:
                file.unlink()

    def _read_anew(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def _write(self, name: str, content: bytes | bytearray) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(draft).rename(self._folder / name)
