from pathlib import Path

import pytest

from local.digest import digest_of


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/a.py").write_text("a = 1")
    return tmp_path / "code"


def test_the_same_inputs_have_the_same_digest(sources: Path) -> None:
    assert digest_of([str(sources)]) == digest_of([str(sources)])


@pytest.mark.parametrize("name", ["a.py", "b.py", "deeper/c.py"])
def test_a_changed_or_new_file_changes_the_digest(sources: Path, name: str) -> None:
    before = digest_of([str(sources)])
    file = sources / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("a = 2")
    assert digest_of([str(sources)]) != before


@pytest.mark.parametrize("name", ["__pycache__/a.pyc", "node_modules/x/index.js", "dist/index.html", ".cache/x"])
def test_what_is_made_of_the_sources_does_not_change_it(sources: Path, name: str) -> None:
    before = digest_of([str(sources)])
    file = sources / name
    file.parent.mkdir(parents=True)
    file.write_text("made")
    assert digest_of([str(sources)]) == before


def test_a_missing_input_is_no_input(tmp_path: Path) -> None:
    assert digest_of([str(tmp_path / "nothing")]) == digest_of([])
