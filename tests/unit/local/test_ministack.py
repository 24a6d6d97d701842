import httpx2
import pytest

from local.ministack import checkpoint
from local.state import LocalError


def test_a_ministack_that_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_slow(*_args: object, **_options: object) -> httpx2.Response:
        raise httpx2.ReadTimeout("timed out")

    monkeypatch.setattr(httpx2, "post", too_slow)
    with pytest.raises(LocalError, match=r"timed out.*start again"):
        checkpoint("http://127.0.0.1:1")
