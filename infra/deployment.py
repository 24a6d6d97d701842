"""All stacks of one stage, deployed together by `cdk deploy '<stage>/*'`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from infra import assets
from infra.stacks.access import AccessStack
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.ingest import IngestStack
from infra.stacks.network import NetworkStack
from infra.stacks.web import WebStack

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stages import Stage


class Deployment(cdk.Stage):
    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, stage.name)
        target = assets.local_target() if stage.local else assets.lambda_target()
        network = (
            None if stage.local else NetworkStack(self, "Network", stage=stage, stack_name=_stack(stage, "Network"))
        )
        self.data = DataStack(
            self,
            "Data",
            stage=stage,
            target=target,
            network=network.network if network else None,
            stack_name=_stack(stage, "Data"),
        )
        platform, services = self.data.platform, self.data.services
        access = AccessStack(self, "Access", stage=stage, stack_name=_stack(stage, "Access"))
        api = ApiStack(
            self,
            "Api",
            platform=platform,
            data=services,
            identity=access.identity,
            stack_name=_stack(stage, "Api"),
        )
        ingest = IngestStack(self, "Ingest", platform=platform, data=services, stack_name=_stack(stage, "Ingest"))
        # Functions that use the schema come after the migrations that make it.
        api.add_stack_dependency(self.data)
        ingest.add_stack_dependency(self.data)
        WebStack(
            self,
            "Web",
            platform=platform,
            access_logs=self.data.access_logs,
            api_domain=api.domain,
            identity=access.identity,
            stack_name=_stack(stage, "Web"),
        )
        cdk.Tags.of(self).add("p09:stage", stage.name)


def _stack(stage: Stage, name: str) -> str:
    return f"P09-{stage.name}-{name}"
