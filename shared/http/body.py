"""Reading a body without ever holding more of it than is allowed."""

from http import HTTPStatus
from typing import Any

from fastapi import Request

from shared.http.problems import Problem
from shared.platform import json_text


async def read_json(request: Request, limit: int) -> Any:
    """The JSON of a body of ``limit`` bytes at most. Raises a problem of status 413 or 400."""
    too_large = Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is larger than {limit:,} bytes: send it in smaller parts",
        limit_bytes=limit,
    )
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    try:
        return json_text.read(bytes(body))
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the body is not JSON: {error}") from error
