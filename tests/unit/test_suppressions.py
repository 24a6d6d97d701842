"""A suppression says why: who meets it later can judge whether the reason still holds."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("bench", "functions", "infra", "local", "scripts", "shared", "tests")
SUPPRESSION: Final = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)")
REASONED: Final = re.compile(r"(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|\[[a-z, -]+\])\s+(#|--)\s*\S+ \S+.*")


def bare(file: Path) -> Iterator[int]:
    """Lines whose suppression names no rule or no reason."""
    with file.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            found = SUPPRESSION.match(token.string) if token.type == tokenize.COMMENT else None
            if found and not REASONED.fullmatch(found["rest"]):
                yield token.start[0]


def test_every_suppression_names_its_rule_and_its_reason() -> None:
    files = [
        file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in file.parts
    ]
    assert len(files) > 500
    assert [f"{file.relative_to(ROOT)}:{line}" for file in files for line in bare(file)] == []


def test_a_bare_suppression_is_found(tmp_path: Path) -> None:
    file = tmp_path / "code.py"
    lines = [
        "a = 1  # noqa", "a = 1  # noqa: E501", "a = 1  # type: ignore", "a = 1  # type: ignore[misc]", "a = 1  # noqa: A001  #",
        "a = 1  # noqa: A001 -- a driver's name", "a = 1  # type: ignore[misc]  # its stub is wrong", "a = '# noqa'",
    ]  # fmt: skip
    file.write_text("\n".join(lines))
    assert list(bare(file)) == [1, 2, 3, 4, 5]
