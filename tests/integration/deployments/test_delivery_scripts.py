"""The scripts of the pipeline, as it calls them, with stand-ins for AWS, GitHub and the CDK."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.deployments.tools import Tools


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return Tools(tmp_path)


def assembly(folder: Path, *stacks: str, stage: str = "prod") -> Path:
    stacks_folder = folder / f"assembly-{stage}"
    stacks_folder.mkdir(parents=True)
    for stack in stacks:
        (stacks_folder / f"{stage}{stack}0123ABCD.template.json").write_text("{}")
    return folder


def test_an_assembly_is_deployed_as_it_is_with_its_outputs_kept(tools: Tools) -> None:
    assembly(tools.folder / "assembly", "Web")
    done = tools.run("deploy.sh", "prod", "assembly")
    assert done.returncode == 0, done.stderr
    assert tools.called == [
        ("cdk deploy --app assembly prod/* --require-approval never --progress events "
        "--outputs-file build/prod-outputs.json")
    ]  # fmt: skip


def test_an_assembly_without_the_stage_is_refused_before_anything_is_asked(tools: Tools) -> None:
    assembly(tools.folder / "assembly", "Web", stage="dev")
    done = tools.run("deploy.sh", "prod", "assembly")
    assert (done.returncode, tools.called) == (2, [])
    assert "assembly holds no stage prod" in done.stderr


def test_a_stage_that_does_not_answer_is_not_verified(tools: Tools) -> None:
    (tools.folder / "build").mkdir()
    outputs = {"P09-prod-Web": {"DistributionDomainName": "nothing.invalid"}}
    (tools.folder / "build" / "prod-outputs.json").write_text(json.dumps(outputs))
    keys = {"site_id": "1", "write_key": "p09w_x", "read_key": "p09r_x"}
    tools.answers["aws"] = f"echo '{json.dumps(keys)}'"
    done = tools.run("verify.sh", "prod", "1")
    assert done.returncode == 1
    assert "the name nothing.invalid does not resolve" in done.stdout
    assert tools.called == [
        "aws secretsmanager get-secret-value --secret-id p09-prod-canary --query SecretString --output text"
    ]
    assert "p09w_x" not in done.stdout + done.stderr


def test_what_the_last_good_delivery_has_deployed_is_fetched(tools: Tools) -> None:
    assembly(tools.folder / "assembly", "Web")
    subprocess.run(["tar", "-czf", "kept.tar.gz", "assembly"], check=True, cwd=tools.folder)
    tools.answers["gh"] = (
        f'if [[ $2 == list ]]; then echo 42; else cp "{tools.folder}/kept.tar.gz" "$7/assembly.tar.gz"; fi'
    )
    done = tools.run("previous.sh", "previous")
    assert done.returncode == 0, done.stderr
    assert tools.called[1] == "gh run download 42 --name assembly --dir previous"
    assert (tools.folder / "previous" / "assembly" / "assembly-prod").is_dir()


def test_without_a_good_delivery_there_is_nothing_to_roll_back_to(tools: Tools) -> None:
    done = tools.run("previous.sh", "previous")
    assert done.returncode == 1
    assert "nothing to roll back to" in done.stderr


def test_stacks_that_are_new_changed_or_gone_are_told(tools: Tools) -> None:
    before, after = (assembly(tools.folder / "before", "Web", "Gone", "Same"), tools.folder / "after")
    assembly(after, "Web", "New", "Same")
    (after / "assembly-prod" / "prodWeb0123ABCD.template.json").write_text('{"Resources": {}}')
    tools.answers["cdk"] = "echo '[~] AWS::S3::Bucket'"
    done = tools.run("diff.sh", "prod", str(before), str(after))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n### ") == 3
    assert "### prod/Web\n\n```\n[~] AWS::S3::Bucket\n```" in done.stdout
    assert "### prodNew0123ABCD\n\nThis stack is new." in done.stdout
    assert "### prodGone0123ABCD\n\n**This stack is gone.**" in done.stdout
    (call,) = tools.called
    assert call.endswith("--exclusively prod/Web")


def test_no_difference_is_said(tools: Tools) -> None:
    folder = str(assembly(tools.folder / "same", "Web"))
    assert "No stack changes." in tools.run("diff.sh", "prod", folder, folder).stdout


def test_the_comment_is_written_anew_and_fits(tools: Tools) -> None:
    (tools.folder / "diff.md").write_text("x" * 70_000)
    tools.answers["gh"] = f'cp "${{@: -1}}" "{tools.folder}/body"'
    done = tools.run("comment.sh", "7", "diff.md")
    assert done.returncode == 0, done.stderr
    assert tools.called[0].startswith("gh pr comment 7 --edit-last --create-if-none --body-file ")
    body = (tools.folder / "body").read_text()
    assert 60_000 < len(body) < 65_536
    assert body.endswith("The rest is in the artefact `infra-diff` of this run.\n")
