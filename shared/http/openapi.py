"""The description of the API as `make openapi` wrote it: no function has to work it out, and each describes all of them."""

import json
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("openapi.json")


def paths() -> dict[str, Any]:
    """Operations by path and lower-case method."""
    described: dict[str, Any] = json.loads(FILE.read_bytes())["paths"]
    return described
