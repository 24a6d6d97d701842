import asyncio
import json
from typing import Any

import pytest

from shared.http.telemetry import Telemetry
from shared.platform.valkey import ValkeyUnavailable


def _no_valkey() -> Any:
    raise ValkeyUnavailable("none in unit tests")


@pytest.mark.parametrize(
    ("status", "level"), [(202, "DEBUG"), (200, "INFO"), (400, "INFO"), (429, "INFO"), (503, "INFO")]
)
def test_only_the_line_of_accepted_events_is_one_that_aws_leaves_out(
    capsys: pytest.CaptureFixture[str], status: int, level: str
) -> None:
    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})

    async def unused(*_: Any) -> Any:
        return {}

    scope = {"type": "http", "method": "POST", "headers": []}
    loop = asyncio.new_event_loop()
    loop.run_until_complete(Telemetry(app, _no_valkey)(scope, unused, unused))
    loop.close()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["level"], line["status"]) for line in lines if line["message"] == "request"] == [(level, status)]
