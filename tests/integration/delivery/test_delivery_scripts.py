"""The scripts of the pipeline, as it calls them, with stand-ins for AWS, GitHub and the CDK."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.delivery.tools import Tools


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


def test_a_stage_is_told_whose_jobs_may_deploy_it_when_somebody_says_so(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly(tools.folder / "assembly", "Web")
    monkeypatch.setenv("P09_REPOSITORY", "owner/name")
    assert tools.run("deploy.sh", "prod", "assembly").returncode == 0
    assert tools.called[0].endswith("--parameters P09-prod-Delivery:Repository=owner/name")


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
    done = tools.run("verify.sh", "prod", "all", "1")
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
    done = tools.run("previous.sh", "previous", "staging")
    assert done.returncode == 0, done.stderr
    assert tools.called[1] == "gh run download 42 --name assembly --dir previous"
    assert (tools.folder / "previous" / "assembly" / "assembly-prod").is_dir()


def test_without_a_good_delivery_there_is_nothing_to_roll_back_to(tools: Tools) -> None:
    done = tools.run("previous.sh", "previous", "staging")
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


def with_artefact(tools: Tools, change: str = "CHG-1") -> str:
    build = tools.folder / "build"
    build.mkdir()
    (build / "assembly.tar.gz").write_text("what was built")
    (build / "change").write_text(change)
    tools.answers["p09"] = 'echo "token $P09_TOKEN" >> called'
    return hashlib.sha256(b"what was built").hexdigest()


@pytest.mark.parametrize(("command", "code"), [("echo 9 checks passed", 0), ("echo api: answered 503; exit 3", 3)])
def test_a_step_is_reported_with_its_last_line_and_ends_as_it_ended(tools: Tools, command: str, code: int) -> None:
    digest = with_artefact(tools)
    done = tools.run("record.sh", "smoke", "bash", "-c", f"echo first; {command}", P09_TOKEN="t0", GITHUB_RUN_ID="7")
    assert done.returncode == code, done.stderr
    failed = " --failed" if code else ""
    why = command.removeprefix("echo ").partition(";")[0]
    assert tools.called == [
        f"p09 change report CHG-1 smoke --digest {digest}{failed} --run 7 --run-url  --why {why}", "token t0",
    ]  # fmt: skip


def test_a_step_is_reported_with_its_run_and_with_what_it_measured_and_no_other_step_did(tools: Tools) -> None:
    with_artefact(tools)
    (tools.folder / "build" / "load.json").write_text("of the step before")
    where = "https://github.com/acme/shop/actions/runs/7"
    measure = "echo [] > build/smoke.json; echo 5 checks passed"
    done = tools.run("record.sh", "smoke", "bash", "-c", measure, P09_TOKEN="t0", GITHUB_RUN_ID="7", RUN_URL=where)
    assert done.returncode == 0, done.stderr
    assert tools.called[0].endswith(f" --run 7 --run-url {where} --checks build/smoke.json --why 5 checks passed")


def test_a_step_outside_of_the_pipeline_is_not_even_made(tools: Tools) -> None:
    with_artefact(tools)
    done = tools.run("record.sh", "smoke", "touch", "made", P09_TOKEN="t0", GITHUB_RUN_ID="")
    assert done.returncode != 0
    assert "only a run of the pipeline proves something" in done.stderr
    assert (tools.called, (tools.folder / "made").exists()) == ([], False)


def test_a_step_that_can_not_be_reported_has_failed(tools: Tools) -> None:
    with_artefact(tools)
    tools.answers["p09"] = "exit 1"
    assert tools.run("record.sh", "smoke", "true", P09_TOKEN="t0", GITHUB_RUN_ID="7").returncode == 1


def test_a_change_is_claimed_with_the_digest_of_what_will_be_deployed(tools: Tools) -> None:
    digest = with_artefact(tools)
    assert tools.run("claim.sh", P09_TOKEN="t0").returncode == 0
    assert tools.called[0] == f"p09 change promote CHG-1 --digest {digest}"


@pytest.mark.parametrize(("built", "code"), [("what was built", 0), ("something else", 1)])
def test_only_the_artefact_that_was_approved_is_fetched(tools: Tools, built: str, code: int) -> None:
    digest = hashlib.sha256(b"what was built").hexdigest()
    tools.answers["p09"] = f"""echo '{json.dumps({"commit": "c" * 40, "digest": digest})}'"""
    tools.answers["gh"] = f"if [[ $2 == list ]]; then echo 42; else printf '{built}' > build/assembly.tar.gz; fi"
    done = tools.run("fetch.sh", "CHG-7", P09_TOKEN="t0")
    assert done.returncode == code, done.stderr
    assert "gh run download 42 --name assembly --dir build" in tools.called
    assert (tools.folder / "build" / "change").exists() is (code == 0)


def test_without_a_token_the_pipeline_asks_for_one_and_never_shows_its_secret(tools: Tools) -> None:
    tools.answers["p09"] = 'printf %s "$P09_PIPELINE" > sent; echo t1'
    done = tools.run("token.sh", P09_PIPELINE="s3")
    assert done.stdout == "t1\n"
    assert (tools.folder / "sent").read_text() == "s3"
    assert tools.called == ["p09 token --pipeline"]
    refused = tools.run("token.sh")
    assert refused.returncode != 0
    assert "P09_PIPELINE" in refused.stderr


def git(tools: Tools, *arguments: str, at: str = "2026-11-24T10:00:00Z") -> str:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["env", f"GIT_COMMITTER_DATE={at}", "git", *author, *arguments],
        check=True, cwd=tools.folder, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_a_change_is_planned_with_what_its_commit_says(tools: Tools) -> None:
    digest = with_artefact(tools)
    git(tools, "init", "--quiet")
    git(tools, "commit", "--allow-empty", "-m", "Faster funnels\n\nImpact: Funnels load at once.")
    tools.answers["p09"] = """[[ $2 == list ]] && echo '[]' || echo '{"id": "CHG-9"}'"""
    done = tools.run("plan.sh", P09_TOKEN="t0")
    assert done.stdout == "planned: CHG-9\n", done.stderr
    [_, called] = tools.called
    assert called.startswith("p09 change plan Faster funnels --impact Funnels load at once. --commit ")
    assert f"--digest {digest} --committed-at 2026-11-24T10:00:00 --committer=a@example.com --json" in called
    assert (tools.folder / "build" / "change").read_text() == "CHG-9\n"


@pytest.mark.parametrize(
    ("known", "counted_from", "committers"),
    [
        ("first", "2026-11-02", ["alan", "grace"]),
        ("last", "2026-11-04", ["alan"]),
        ("nowhere", "2026-11-04", ["alan"]),
    ],
)
def test_a_change_is_of_the_commits_that_production_does_not_have(
    tools: Tools, known: str, counted_from: str, committers: list[str]
) -> None:
    with_artefact(tools)
    git(tools, "init", "--quiet")
    for day, who in ((1, "ada"), (2, "grace"), (4, "alan")):
        author = f"--author={who} <{who}@example.com>"
        git(tools, "commit", "--allow-empty", author, "-m", f"Day {day}", at=f"2026-11-0{day}T00:00:00Z")
    commit = {"first": git(tools, "rev-parse", "HEAD~2"), "last": git(tools, "rev-parse", "HEAD"), "nowhere": "0" * 40}
    changes = [
        {"commit": "1" * 40, "state": "rolled_back", "demo": False},
        {"commit": "3" * 40, "state": "verified", "demo": True},
        {"commit": commit[known], "state": "verified", "demo": False},
        {"commit": "2" * 40, "state": "verified", "demo": False},
    ]
    tools.answers["p09"] = f"""[[ $2 == list ]] && echo '{json.dumps(changes)}' || echo '{{"id": "CHG-9"}}'"""
    done = tools.run("plan.sh", P09_TOKEN="t0")
    assert done.returncode == 0, done.stderr
    said = " ".join(f"--committer={who}@example.com" for who in committers)
    assert f"--committed-at {counted_from}T00:00:00 {said} --json" in tools.called[1]
