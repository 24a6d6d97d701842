"""MiniStack as it is, plus two things that it lacks. Runs in MiniStack's own virtual environment.

- Its state is written at an orderly stop only; after a kill, everything deployed since the last one would be
  gone. A POST to CHECKPOINT_PATH writes it now.
- It speaks plain HTTP, so bucket policies that refuse unencrypted transport, right in AWS, would refuse
  everybody. Loopback stands for the TLS of AWS's own endpoints: requests count as https.
"""

from typing import Any

from ministack import app as ministack
from ministack.core.persistence import save_all

CHECKPOINT_PATH = "/_p09/checkpoint"


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "http" and scope["path"] == CHECKPOINT_PATH and scope["method"] == "POST":
        save_all(ministack._build_persistence_save_dict())  # noqa: SLF001  # MiniStack has no public way to do it
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    elif scope["type"] == "http":
        await ministack.app({**scope, "scheme": "https"}, receive, send)
    else:
        await ministack.app(scope, receive, send)
