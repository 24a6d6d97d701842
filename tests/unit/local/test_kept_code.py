import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.ministack_app.kept_code import LARGE, KeptCode

CODE = b"PK" * LARGE


def _small(content: Any) -> Any:
    return {"small": content.hex()}


def _unsmall(content: dict[str, Any]) -> Any:
    return bytes.fromhex(content["small"]) if "small" in content else content


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "code"


def kept(folder: Path) -> KeptCode:
    return KeptCode(folder, _small, _unsmall)


def written(code: KeptCode, content: Any) -> str:
    return json.dumps(content, default=code.to_json)


def read(code: KeptCode, text: str) -> Any:
    return json.loads(text, object_hook=code.from_json)


def test_the_same_code_is_kept_once_and_read_once(folder: Path) -> None:
    text = written(kept(folder), {"v1": CODE, "v2": bytearray(CODE)})
    assert len(text) < 300
    assert [file.read_bytes() for file in folder.iterdir()] == [CODE]
    found = read(kept(folder), text)
    assert found == {"v1": CODE, "v2": CODE}
    assert found["v1"] is found["v2"]


def test_what_is_written_again_leaves_what_is_there(folder: Path) -> None:
    code = kept(folder)
    assert written(code, [CODE]) == written(code, [CODE])
    assert len(list(folder.iterdir())) == 1


@given(content=st.recursive(st.binary() | st.integers() | st.just(CODE), st.lists))
def test_whatever_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    folder = tmp_path_factory.getbasetemp() / "kept-code"
    assert read(kept(folder), written(kept(folder), content)) == content


def test_code_that_no_state_names_any_more_is_forgotten(folder: Path, tmp_path: Path) -> None:
    before, now = tmp_path / "before.json", tmp_path / "now.json"
    before.write_text(written(kept(folder), {"v1": CODE}))
    now.write_text(written(kept(folder), {"v2": CODE + b"!", "layer": CODE + b"?"}))
    kept(folder).forget_unused(now)
    assert sorted(file.read_bytes() for file in folder.iterdir()) == [CODE + b"!", CODE + b"?"]
    kept(tmp_path / "none").forget_unused(now)
