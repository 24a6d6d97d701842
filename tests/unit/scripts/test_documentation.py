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
CODE = re.compile(r"`([^`\n]+)`")


def lines(page: Path) -> Iterator[str]:
    for block in BLOCK.findall(page.read_text()):
        yield from block.replace("\\\n", " ").splitlines()


def words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def typed(page: Path) -> list[list[str]]:
    """The arguments of each `p09` that the page has, in blocks and between words."""
    in_blocks = [line[line.index(P09) + len(P09) :].partition(" | ")[0] for line in lines(page) if P09 in line]
    return [
        words(rest) for rest in (*in_blocks, *(code[len("p09 ") :] for code in codes(page) if code.startswith("p09 ")))
    ]


def codes(page: Path) -> list[str]:
    """What the page sets as code between words."""
    return CODE.findall(BLOCK.sub("", page.read_text()))


def named(page: Path) -> list[Path]:
    """Programs and configurations of the repository that the page names as code."""
    texts = [*lines(page), *codes(page)]
    return [ROOT / word for text in texts for word in text.split() if word.startswith(("scripts/", "monitoring/"))]


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
        whole = not isinstance(command, TyperGroup) or command.invoke_without_command or "--help" in rest
        assert whole, f"p09 {' '.join(arguments)} does nothing by itself"
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


def test_each_row_of_the_runbook_is_shown_by_something_that_can_be_typed() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    _, _, *rows = [
        line for line in page.partition("## The runbook, row by row")[2].splitlines() if line.startswith("|")
    ]
    asked = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert {row[0] for row in asked} == set("2345678"), "every section that asks for something"
    assert len(set(asked)) == len(asked) >= 28
    for row in rows:
        typed = CODE.findall(row.split(" | ")[1])
        assert typed, row
        assert all(code.startswith(("p09 ", "make ", "scripts/", "curl ")) for code in typed), row


def test_the_readme_shows_commands() -> None:
    assert typed(ROOT / "README.md")
    assert named(ROOT / "docs" / "operations.md")
