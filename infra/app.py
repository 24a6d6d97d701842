"""The CDK app.

Context: `local` is the path of a JSON file with the addresses of the servers on this machine (see
`LocalServers`); `stages` limits the synthesis to some stages, separated by commas; `definitions` is a folder with
another runbook and what was generated from it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from infra.assets import ROOT
from infra.checks import checked_app
from infra.deployment import Deployment
from infra.monitoring import Monitoring
from infra.stages import AWS_STAGES, LocalServers, Stage, local

if TYPE_CHECKING:
    import aws_cdk as cdk


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
    names = app.node.try_get_context("stages")
    return [every[name] for name in names.split(",")] if names else list(every.values())


if __name__ == "__main__":
    main()
