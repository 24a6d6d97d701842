"""What each function finds when it runs: the code, and its own layer of dependencies."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import grimp
import pytest

from infra import assets
from scripts.licences import SHIPPED
from tests.infra.assembly import ROOT, SECOND, STAGES
from tests.infra.test_functions import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.assembly import Assembly

MEGABYTE = 2**20
# Lambda: code and layers of a function, unpacked.
LIMIT = 250 * MEGABYTE
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ]+)", re.MULTILINE)
IMPORT_ALL = """
import importlib, json, os, pkgutil, sys
sys.path[:0] = {path}
for name, keys in json.loads(sys.argv[1]).items():
    os.environ.update(dict.fromkeys(keys, ""))
    importlib.import_module(f"functions.{{name}}.handler")
    package = importlib.import_module(f"functions.{{name}}")
    for module in pkgutil.walk_packages(package.__path__, f"functions.{{name}}."):  # what waits for a request
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By layer: the folders that a function which has it finds its modules in."""
    target, folder = assets.local_target(), tmp_path_factory.mktemp("layers")
    zipfile.ZipFile(assets.code(target)).extractall(folder / "code")
    for name, archive in assets.layers(target).items():
        zipfile.ZipFile(archive).extractall(folder / name)
    return {name: [str(folder / "code"), str(folder / name / "python")] for name in assets.layers(target)}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports what at some time, also where the import waits within a function."""
    return grimp.build_graph("functions", "shared", include_external_packages=True, exclude_type_checking_imports=True)


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_the_layer_of_its_own_lock(assembly: Assembly, stage: str) -> None:
    for stack, function in assembly.of_type(stage, "AWS::Lambda::Function"):
        folder = function.properties["FunctionName"].removeprefix(f"p09-{stage}-").replace("-", "_")
        (layer,) = function.properties["Layers"]
        kind = "lambda" if stage != "local" else "local"
        description = stack.find(layer["Ref"]).properties["Description"]
        assert description.startswith(f"layer-{assets.layer_of(SECOND.get(folder, folder))}-{kind}-")


@pytest.mark.parametrize("layer", [assets.SHARED_LAYER, *sorted(assets.OWN_LAYERS)])
def test_every_handler_starts_with_nothing_but_its_own_archives_on_the_path(
    unpacked: dict[str, list[str]], layer: str, tmp_path: Path
) -> None:
    """In an interpreter without this machine's packages, which MiniStack's functions would find."""
    names = [name for name in FOLDERS if assets.layer_of(name) == layer]
    needed = {name: [one.name.upper() for one in fields(_settings(name))] for name in names}
    code = IMPORT_ALL.format(path=unpacked[layer])
    command = [sys.executable, "-I", "-S", "-c", code, json.dumps(needed)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {f"functions.{name}.handler" for name in names} <= set(json.loads(done.stdout))


@pytest.mark.parametrize("function", FOLDERS)
def test_what_a_function_may_ever_import_is_in_its_layer(
    graph: grimp.ImportGraph, unpacked: dict[str, list[str]], function: str
) -> None:
    """Imports that wait until a request needs them are found before a customer finds them."""
    reached = graph.find_upstream_modules(f"functions.{function}", as_package=True)
    foreign = {name.partition(".")[0] for name in reached} - {"functions", "shared"} - sys.stdlib_module_names
    _, packages = unpacked[assets.layer_of(function)]
    missing = {name for name in foreign if importlib.machinery.PathFinder.find_spec(name, [packages]) is None}
    assert missing == set()


def test_what_takes_events_carries_no_client_that_it_never_calls(unpacked: dict[str, list[str]]) -> None:
    _, packages = unpacked["collect"]
    heavy = ("boto3", "botocore", "cryptography", "jinja2", "jwt", "pygal", "slack_sdk")
    assert [name for name in heavy if importlib.machinery.PathFinder.find_spec(name, [packages])] == []


@pytest.mark.parametrize("layer", [assets.SHARED_LAYER, *sorted(assets.OWN_LAYERS)])
def test_code_and_layer_are_within_the_size_that_lambda_takes(layer: str) -> None:
    archives = assets.code(assets.lambda_target()), assets.layer(assets.lambda_target(), layer)
    size = sum(entry.file_size for archive in archives for entry in zipfile.ZipFile(archive).infolist())
    assert size < LIMIT


def test_a_package_has_one_version_in_all_locks() -> None:
    """What is tested is what is shipped."""
    tested = _pins("dev.txt")
    for lock in SHIPPED:
        assert {name: version for name, version in _pins(lock).items() if tested[name] != version} == {}


def test_licences_and_known_vulnerabilities_are_looked_at_in_every_lock() -> None:
    locks = {f"{name}.txt" for name in (assets.SHARED_LAYER, *assets.OWN_LAYERS)}
    assert set(SHIPPED) == locks
    named = re.findall(r"^ARCHIVES := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [set(one.split()) for one in named] == [set(assets.OWN_LAYERS)]


def _settings(function: str) -> Any:
    return importlib.import_module(f"functions.{function}.settings").Settings


def _pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((assets.LOCKS / lock).read_text()))
