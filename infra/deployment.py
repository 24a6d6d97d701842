"""All stacks of one stage, deployed together by `cdk deploy '<stage>/*'`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk

from infra import assets
from infra.stacks.access import AccessStack
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.delivery import DeliveryStack
from infra.stacks.ingest import IngestStack
from infra.stacks.network import NetworkStack
from infra.stacks.operations import OperationsStack
from infra.stacks.recovery import RecoveryStack
from infra.stacks.recovery_copy import RecoveryCopyStack
from infra.stacks.status import StatusStack
from infra.stacks.web import WebStack

if TYPE_CHECKING:
    from constructs import Construct

    from infra.monitoring import Monitoring
    from infra.stages import Stage


class Deployment(cdk.Stage):
    def __init__(self, scope: Construct, stage: Stage, monitoring: Monitoring) -> None:
        super().__init__(scope, stage.name)
        self._stage = stage
        target = assets.local_target() if stage.local else assets.lambda_target()
        network = None if stage.local else NetworkStack(self, "Network", stage=stage, **self._props("Network"))
        data = DataStack(
            self,
            "Data",
            stage=stage,
            monitoring=monitoring,
            target=target,
            network=network.network if network else None,
            **self._props("Data"),
        )
        platform, services = data.platform, data.services
        access = AccessStack(
            self,
            "Access",
            platform=platform,
            data=services,
            access_logs=data.access_logs,
            **self._props("Access"),
        )
        identity = access.identity
        api = ApiStack(self, "Api", platform=platform, data=services, identity=identity, **self._props("Api"))
        ingest = IngestStack(self, "Ingest", platform=platform, data=services, **self._props("Ingest"))
        # Functions that use the schema come after the migrations that make it.
        access.add_stack_dependency(data)
        api.add_stack_dependency(data)
        ingest.add_stack_dependency(data)
        web = WebStack(
            self,
            "Web",
            platform=platform,
            access_logs=data.access_logs,
            api_domain=api.domain,
            origin_secret=services.origin_secret,
            identity=identity,
            **self._props("Web"),
        )
        OperationsStack(
            self,
            "Operations",
            platform=platform,
            data=services,
            api_id=api.gateway.api_id,
            pool=access.pool,
            console_url=stage.local.origin if stage.local else web.url,
            **self._props("Operations"),
        )
        recovery = RecoveryStack(
            self,
            "Recovery",
            platform=platform,
            data=services,
            audit_bucket=access.audit_bucket,
            staging_url=api.staging_url,
            **self._props("Recovery"),
        )
        recovery.add_stack_dependency(data)
        if network:
            region = cdk.Environment(region=stage.copy_region)
            copy = RecoveryCopyStack(self, "RecoveryCopy", stage=stage, env=region, **self._props("RecoveryCopy"))
            # The network's stack refuses a copy in the region of the original; the plan names the vault of the copies.
            copy.add_stack_dependency(network)
            recovery.add_stack_dependency(copy)
        StatusStack(
            self,
            "Status",
            platform=platform,
            data=services,
            access_logs=data.access_logs,
            **self._props("Status"),
        )
        if not stage.local:
            DeliveryStack(
                self,
                "Delivery",
                platform=platform,
                data=services,
                regions=self._regions(),
                **self._props("Delivery"),
            )
        cdk.Tags.of(self).add("p09:stage", stage.name)

    def _regions(self) -> list[str]:
        """Where its stacks are; that of most of them is known only to who deploys."""
        return list(dict.fromkeys(one.region for one in self.node.children if isinstance(one, cdk.Stack)))

    def _props(self, name: str) -> dict[str, Any]:
        return {
            "stack_name": f"P09-{self._stage.name}-{name}",
            "termination_protection": self._stage.protected,
        }
