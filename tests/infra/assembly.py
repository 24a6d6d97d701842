"""The synthesized cloud assembly, as JSON: what would be deployed, whatever the code that wrote it looks like."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from infra import assets

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "test-assembly"
FOLDERS = ("infra", "functions", "shared", "monitoring", "web/dist")
INPUTS = (*FOLDERS, "cdk.json", "requirements")
SYNTHESIS_SECONDS = 300
# Second ones of functions, and whose code they run.
SECOND = {"staging_api": "api", "staging_query": "query"}
STAGES = ("local", "dev", "staging", "prod")
COPY_REGION = "eu-west-3"


@dataclass(frozen=True)
class Resource:
    logical_id: str
    type: str
    properties: dict[str, Any]
    body: dict[str, Any]
    # Rules of cdk-nag that were acknowledged on it or on what contains it, with reasons.
    acknowledged: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stack:
    name: str
    template: dict[str, Any]
    acknowledged: dict[str, dict[str, str]]
    depends_on: list[str]
    protected: bool
    # Of the bootstrap, which whoever deploys it takes, in the region that it is deployed to.
    deploying_roles: frozenset[str] = frozenset()

    @cached_property
    def resources(self) -> list[Resource]:
        return [
            Resource(name, body["Type"], body.get("Properties", {}), body, self.acknowledged.get(name, {}))
            for name, body in self.template["Resources"].items()
        ]

    def of_type(self, kind: str) -> list[Resource]:
        """Raises LookupError when there is none: an assertion about each of none would hold whatever is deployed."""
        found = [resource for resource in self.resources if resource.type == kind]
        if not found:
            raise LookupError(
                f"{self.name} has no {kind}; it has {', '.join(sorted({one.type for one in self.resources}))}"
            )
        return found

    def find(self, logical_id: str) -> Resource:
        return next(resource for resource in self.resources if resource.logical_id == logical_id)


@dataclass(frozen=True)
class Assembly:
    stages: dict[str, dict[str, Stack]]
    output: str
    # Stage prod as it is deployed for the first time.
    founding: dict[str, Stack]
    folder: Path

    def stacks(self, stage: str) -> list[Stack]:
        return list(self.stages[stage].values())

    def of_type(self, stage: str, *kinds: str) -> list[tuple[Stack, Resource]]:
        """Of any of these types. Raises LookupError when there is none."""
        found = [(stack, one) for stack in self.stacks(stage) for one in stack.resources if one.type in kinds]
        if not found:
            raise LookupError(f"stage {stage} has no {' and no '.join(kinds)}")
        return found

    def types(self, stage: str) -> set[str]:
        return {resource.type for stack in self.stacks(stage) for resource in stack.resources}


def synthesize() -> Assembly:
    """Synthesize all stages, or find them synthesized from the same inputs."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / _digest()
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "output.txt").exists():
            for outdated in CACHE.glob("*/"):
                shutil.rmtree(outdated)
            # Installed here, with this machine's own settings for package indexes: the synthesis runs without any.
            for target in (assets.local_target(), assets.lambda_target()):
                assets.layers(target)
            run_app("infra.app", folder / "founding", stages="prod", founding="prod")
            (folder / "output.txt").write_text(run_app("infra.app", folder).stderr)
    founding = read_stage(folder / "founding" / "assembly-prod")
    return Assembly(_read(folder), (folder / "output.txt").read_text(), founding, folder)


def run_app(module: str, folder: Path, **context: str) -> subprocess.CompletedProcess[str]:
    """Run a CDK app as the CLI does: with the context of cdk.json (and more), and the Node.js of the virtual environment."""
    folder.mkdir(parents=True, exist_ok=True)
    every = json.loads((ROOT / "cdk.json").read_text())["context"] | {"copy_region": COPY_REGION} | context
    variables = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(every),
    }
    command = [sys.executable, "-m", module]
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True, timeout=SYNTHESIS_SECONDS
    )


def _digest() -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in (file for file in files if file.is_file() and "__pycache__" not in file.parts):
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:20]


def _read(folder: Path) -> dict[str, dict[str, Stack]]:
    return {stage: read_stage(folder / f"assembly-{stage}") for stage in STAGES}


def read_stage(folder: Path) -> dict[str, Stack]:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    stacks = {key: body for key, body in artifacts.items() if body["type"] == "aws:cloudformation:stack"}
    names = {key: body["properties"].get("stackName", key) for key, body in stacks.items()}
    return {
        names[key].rpartition("-")[2]: Stack(
            name=names[key],
            template=json.loads((folder / body["properties"]["templateFile"]).read_text()),
            acknowledged=_acknowledged(json.loads((folder / f"{key}.metadata.json").read_text())),
            protected=body["properties"]["terminationProtection"],
            deploying_roles=_roles(folder, body["properties"], artifacts[f"{key}.assets"]["properties"]),
            depends_on=[names[other] for other in body.get("dependencies", []) if other in names],
        )
        for key, body in stacks.items()
    }


def _roles(folder: Path, stack: dict[str, Any], assets: dict[str, Any]) -> frozenset[str]:
    files = json.loads((folder / assets["file"]).read_text())["files"].values()
    publishing = {one["assumeRoleArn"] for file in files for one in file["destinations"].values()}
    return frozenset({stack["assumeRoleArn"], stack["lookupRole"]["arn"], *publishing})


def _acknowledged(metadata: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, str]]:
    """By logical id: what was acknowledged on a resource or on a construct above it."""
    by_path: dict[str, dict[str, str]] = {}
    ids: dict[str, str] = {}
    for path, entries in metadata.items():
        for entry in entries:
            if entry["type"] == "aws:cdk:acknowledged-rules":
                rules = {rule.removeprefix("Annotation::"): why for rule, why in entry["data"].items()}
                by_path[path] = by_path.get(path, {}) | rules
            elif entry["type"] == "aws:cdk:logicalId":
                ids[path] = entry["data"]
    return {
        logical_id: {
            rule: why
            for above, rules in by_path.items()
            if f"{path}/".startswith(f"{above}/")
            for rule, why in rules.items()
        }
        for path, logical_id in ids.items()
    }
