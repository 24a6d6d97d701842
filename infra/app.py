"""The CDK app.

Context: `local` is the path of a JSON file with the addresses of the servers on this machine (see
`LocalServers`); `stages` limits the synthesis to some stages, separated by commas; `definitions` is a folder with
another runbook and what was generated from it. Of stages in AWS: `copy_region` keeps the second copy of their backups;
`zones` are their two availability zones, separated by a comma; `founding` are those deployed for the first time.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.assets import ROOT
from infra.checks import checked_app
from infra.deployment import Deployment
from infra.monitoring import Monitoring
from infra.stages import AWS_STAGES, LocalServers, Stage, local

if TYPE_CHECKING:
    import aws_cdk as cdk

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
NO_COPY_REGION = (
    "a second copy of each backup, personal data included, is kept in a region that you choose. "
    "Set P09_COPY_REGION for make, or -c copy_region=REGION for cdk, to one under the same law as the stage's own."
)


def main() -> None:
    app = checked_app()
    definitions = Path(app.node.try_get_context("definitions") or ROOT)
    for stage in chosen_stages(app):
        Deployment(app, stage, Monitoring(stage=stage.name, root=definitions))
    app.synth()


def chosen_stages(app: cdk.App) -> list[Stage]:
    path = app.node.try_get_context("local")
    servers = LocalServers.read(Path(path)) if path else LocalServers()
    every = {stage.name: stage for stage in (local(servers), *AWS_STAGES)}
    names = _several(app, "stages") or every
    return [every[name] if every[name].local else _placed(app, every[name]) for name in names]


def _placed(app: cdk.App, stage: Stage) -> Stage:
    """A stage in AWS with what only its owner can say."""
    copy_region = str(app.node.try_get_context("copy_region") or "")
    if not REGION.fullmatch(copy_region):
        raise SystemExit(f"Stage {stage.name}: {NO_COPY_REGION} It is {copy_region!r} now.")
    founding = stage.name in _several(app, "founding")
    return replace(stage, copy_region=copy_region, zones=_several(app, "zones"), founding=founding)


def _several(app: cdk.App, key: str) -> tuple[str, ...]:
    return tuple(filter(None, str(app.node.try_get_context(key) or "").split(",")))


if __name__ == "__main__":
    main()
