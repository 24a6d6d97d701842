"""What README.md and docs/ say can be typed and opened: commands, options, make targets, files."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from scripts.p09.main import app

ROOT = Path(__file__).parents[3]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
BLOCK = re.compile(r"^ *```(?:sh|bash)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TARGET = re.compile(r"\bmake (?:--\S+ |-C \S+ )*([a-z][a-z-]*)")
P09 = ".venv/bin/p09"


def lines(page: Path) -> Iterator[str]:
    for block in BLOCK.findall(page.read_text()):
        yield from block.replace("\\\n", " ").splitlines()


def words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def typed(page: Path) -> list[list[str]]:
    """The arguments of each `p09` that the page's blocks have."""
    return [words(line[line.index(P09) + len(P09) :]) for line in lines(page) if P09 in line]


def named(page: Path) -> list[Path]:
    """Programs of the repository that the page's blocks run."""
    return [ROOT / word for line in lines(page) for word in line.split() if word.startswith("scripts/")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_documented_command_exists_with_its_options(page: Path) -> None:
    for arguments in typed(page):
        command = typer.main.get_command(app)
        rest = list(arguments)
        while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
            child = command.commands.get(rest[0])
            if child is None:
                # A group that does something by itself, such as `p09 kpi`, takes what follows.
                assert command.invoke_without_command, f"p09 {' '.join(arguments)}: there is no {rest[0]!r}"
                break
            command = child
            rest.pop(0)
        known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        for option in (word.partition("=")[0] for word in rest if word.startswith("--")):
            assert option in known | {"--help"}, f"p09 {' '.join(arguments)}: there is no {option}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_documented_make_target_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = {name for line in re.findall(r"^([a-z][a-z -]*):(?!=)", makefile, re.MULTILINE) for name in line.split()}
    in_code = " ".join(re.findall(r"`[^`\n]+`", page.read_text()) + list(lines(page)))
    assert set(TARGET.findall(in_code)) <= phony


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_documented_file_exists(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    missing = [str(path) for path in [*(page.parent / link for link in links), *named(page)] if not path.exists()]
    assert not missing


def test_the_readme_shows_commands() -> None:
    assert typed(ROOT / "README.md")
    assert named(ROOT / "docs" / "operations.md")
