"""The least that Lambda can run: what every cold start costs."""

from typing import Any


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    return {"statusCode": 200, "body": "{}"}
