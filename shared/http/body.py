"""Reading a body without ever holding more of it than is allowed."""

from http import HTTPStatus

from fastapi import Request

from shared.http.problems import Problem


async def read_body(request: Request, limit: int) -> bytes:
    """The body, ``limit`` bytes at most. Raises a problem of status 413."""
    too_large = Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is larger than {limit:,} bytes: send it in smaller parts",
    )
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    chunks = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)
