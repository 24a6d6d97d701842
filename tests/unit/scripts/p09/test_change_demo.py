from typing import Any, cast

import httpx2
import pytest

from local.state import State
from scripts.p09 import change_demo
from scripts.p09.change_demo import Demo


class Sre:
    """Half of the requests fail; the budget is used up once an evaluation has seen every failure."""

    def __init__(self) -> None:
        self.asked = self.published = self.seen = 0

    def raw(self, *_: str) -> httpx2.Response:
        self.asked += 1
        return httpx2.Response(500 if self.asked % 2 else 200)

    def get(self, _path: str) -> dict[str, Any]:
        return {"kpis": [{"title": "Error rate", "budget": {"exhausted": self.seen == self.asked // 2}}]}

    def publish_a_part(self, *_: object) -> int:
        """Of the errors, as the front door does each few seconds."""
        self.published = min(self.published + self.asked // 4, self.asked // 2)
        return self.published

    def look_once(self, _endpoint: str) -> dict[str, str]:
        self.seen = self.seen or self.published
        return {}


def test_the_demo_looks_only_when_the_edge_has_published_every_injected_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    sre: Any = Sre()
    monkeypatch.setattr(change_demo, "published", sre.publish_a_part)
    monkeypatch.setattr(change_demo, "look_now", sre.look_once)
    monkeypatch.setattr(change_demo, "LOOK_SECONDS", 0)
    monkeypatch.setattr(change_demo, "PATIENCE_SECONDS", 5)
    nobody = cast("Any", None)
    Demo(State(tmp_path), "", nobody, nobody, nobody, sre, nobody, {}).exhaust_budget()
    assert "Error rate" in capsys.readouterr().out
