"""Writes docs/openapi.json from the routes; with --check says whether the committed one is what they give."""

import json
import sys
from pathlib import Path
from typing import Final

from functions.api.app import create_app
from functions.api.dependencies import Services
from functions.api.openapi import describe
from functions.api.settings import Settings

FILE: Final = Path(__file__).parent.parent / "docs" / "openapi.json"


def openapi_text() -> str:
    """OpenAPI of the API as JSON text; no server is asked."""
    services = Services(Settings(**dict.fromkeys(Settings.__dataclass_fields__, "")))
    return json.dumps(describe(create_app(services)), indent=1) + "\n"


def main() -> None:
    described = openapi_text()
    if "--check" not in sys.argv:
        FILE.write_text(described)
    elif described != FILE.read_text():
        sys.exit("docs/openapi.json is not what the routes give: run make openapi and commit it")


if __name__ == "__main__":
    main()
