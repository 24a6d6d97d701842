"""A stage's resources, as ``make synth`` wrote them to cdk.out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.price.catalogue import NoPrice

AWS_STAGES: Final = ("dev", "staging", "prod")


@dataclass(frozen=True)
class Resource:
    """One of a template. ``id`` is its logical id, which names no other resource of its stack."""

    id: str
    type: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Templates:
    """All resources of a stage."""

    stage: str
    resources: tuple[Resource, ...]

    def of(self, kind: str) -> list[Resource]:
        return [one for one in self.resources if one.type == kind]

    def one(self, kind: str) -> Resource:
        """The only one of its type. Raises ``NoPrice`` where there are none or several: the model knows one."""
        found = self.of(kind)
        if len(found) != 1:
            raise NoPrice(f"stage {self.stage} has {len(found)} of {kind}, and the price's model knows one")
        return found[0]

    def function(self, name: str) -> Resource:
        """A Lambda function by its folder's name."""
        called = f"p09-{self.stage}-{name.replace('_', '-')}"
        return next(one for one in self.of("AWS::Lambda::Function") if one.properties["FunctionName"] == called)


def read(folder: Path, stage: str) -> Templates:
    """Raises FileNotFoundError where nothing was synthesized."""
    files = sorted((folder / f"assembly-{stage}").glob("*.template.json"))
    if not files:
        raise FileNotFoundError(f"{folder} has no templates of stage {stage}: run `make synth`")
    return Templates(stage, tuple(one for file in files for one in _resources(json.loads(file.read_text()))))


def _resources(template: dict[str, Any]) -> Iterator[Resource]:
    for name, body in template["Resources"].items():
        yield Resource(name, body["Type"], body.get("Properties", {}))
