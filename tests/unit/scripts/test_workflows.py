"""The workflows say nothing that can't be run by hand; their linters run in `make check`."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.state import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text()


def jobs(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text())["jobs"]
    return found


def steps() -> Iterator[dict[str, Any]]:
    for file in WORKFLOWS:
        for job in jobs(file).values():
            yield from job.get("steps", [])


@pytest.mark.parametrize("command", [step["run"] for step in steps() if "run" in step])
def test_every_step_is_a_make_target_or_a_script_of_ours(command: str) -> None:
    script = re.match(r"scripts/\S+\.sh", command)
    target = re.match(r"make (?:--silent )?(?:-C \S+ )?([a-z-]+)", command)
    assert "\n" not in command.strip()
    assert "${{" not in command
    if script:
        assert (ROOT / script[0]).stat().st_mode & 0o111
    else:
        assert target
        assert re.search(rf"^{target[1]}:.*## ", MAKEFILE, re.MULTILINE)


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    lines = [line for file in WORKFLOWS for line in file.read_text().splitlines() if "uses: " in line]
    others = [line for line in lines if not re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)]
    assert all("uses: $/.github/workflows/" in line for line in others)
    assert len(others) < len(lines)


def test_only_deploying_takes_a_role_and_only_the_comment_may_write() -> None:
    rights = {
        (file.stem, name): {right for right, level in job["permissions"].items() if level == "write"}
        for file in WORKFLOWS
        for name, job in jobs(file).items()
    }
    assert {place: found for place, found in rights.items() if found} == {
        ("main", "staging"): {"id-token"},
        ("promote", "prod"): {"id-token"},
        ("pull-request", "comment"): {"pull-requests"},
    }


def test_staging_comes_after_every_check_and_the_one_build() -> None:
    found = jobs(ROOT / ".github" / "workflows" / "main.yml")
    assert found["staging"]["needs"] == ["checks", "build"]
    builds = [step for step in steps() if step.get("run") == "make assembly"]
    assert len(builds) == 2  # of a pull request, to compare; of main, to deploy


def test_production_gets_what_staging_had_and_only_after_the_change_is_claimed() -> None:
    found = jobs(ROOT / ".github" / "workflows" / "promote.yml")
    assert [step["run"] for step in found["prod"]["steps"] if "run" in step] == [
        "make fetch-change", "make unpack", "make claim-change", 'make record STEP=verified DO="deploy verify"',
        "make roll-back",
    ]  # fmt: skip


@pytest.mark.parametrize("command", sorted({step["run"] for step in steps() if "run" in step}))
def test_the_note_says_how_every_step_was_executed(command: str) -> None:
    assert f"| `{command}` |" in (ROOT / "docs" / "pipeline.md").read_text()


@pytest.mark.parametrize("script", sorted((ROOT / "scripts" / "delivery").glob("*.sh")), ids=lambda file: file.name)
def test_every_script_of_the_pipeline_says_what_it_does(script: Path) -> None:
    done = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert script.name in done.stdout
