import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.ministack_app.shared_code import SharedCode


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def environment(name: str, content: str) -> Path:
    """As MiniStack makes one: a folder with the archive and an empty folder for the code; returns that of the code."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    archive = folder / "code.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(zipfile.ZipInfo("package/module.py"), content)
    code = folder / "code"
    code.mkdir()
    with SharedCode(archive) as opened:
        opened.extractall(code)
    return code


def test_environments_of_the_same_code_share_it_and_keep_no_archive(memory: Path) -> None:
    first, second = environment("api", "x = 1"), environment("api", "x = 1")
    for code in (first, second):
        assert (code / "package" / "module.py").read_text() == "x = 1"
        assert not (code.parent / "code.zip").exists()
    assert first.resolve() == second.resolve()
    assert len(list(memory.glob("code-*"))) == 1


def test_other_code_is_other_code(memory: Path) -> None:
    first, second = environment("api", "x = 1"), environment("api", "x = 2")
    assert (second / "package" / "module.py").read_text() == "x = 2"
    assert (first / "package" / "module.py").read_text() == "x = 1"
    assert len(list(memory.glob("code-*"))) == 2


def test_environments_that_start_at_once_leave_no_draft(memory: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: environment("api", "x = 1"), range(40)))
    assert {code.resolve() for code in found} == {next(memory.glob("code-*")).resolve()}
    assert not list(memory.glob("unpacking-*"))


def test_a_part_of_an_archive_is_not_shared(memory: Path) -> None:
    archive = memory / "code.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr(zipfile.ZipInfo("module.py"), "x = 1")
    with SharedCode(archive) as opened, pytest.raises(NotImplementedError, match="only whole archives"):
        opened.extractall(memory / "code", members=["module.py"])
