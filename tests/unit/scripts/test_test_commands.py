"""Three commands run the tests; each folder of tests is run by `make test` or by `make stories`, so that none can rot."""

import re
import subprocess

import pytest

from local.state import ROOT

TESTS = ROOT / "tests"


def recipe(target: str) -> str:
    return subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def folders(target: str) -> list[str]:
    """What a target gives to pytest."""
    return re.findall(r"\btests/[\w/]+", " ".join(re.findall(r"-m pytest ([^\"\n]*)", recipe(target))))


def test_each_folder_of_tests_is_run_by_make_test_or_make_stories_and_by_one_of_them() -> None:
    with_tests = {f"tests/{file.relative_to(TESTS).parts[0]}" for file in TESTS.rglob("test_*.py")}
    assert sorted(folders("test") + folders("stories")) == sorted(with_tests)


def test_the_campaign_runs_folders_that_exist() -> None:
    assert folders("campaign")
    assert all((ROOT / folder).is_dir() for folder in folders("campaign"))


@pytest.mark.parametrize("target", ["check", "test", "stories"])
def test_ci_runs_it(target: str) -> None:
    assert f"make {target}\n" in (ROOT / ".ci" / "run").read_text()
    assert f"run: make {target}\n" in (ROOT / ".github" / "workflows" / "checks.yml").read_text()


@pytest.mark.parametrize("target", ["test", "stories", "campaign"])
def test_each_command_of_testing_is_in_the_help_and_in_the_readme(target: str) -> None:
    assert re.search(rf"^{target}:.*## \S", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert f"`make {target}`" in (ROOT / "README.md").read_text()
