"""Valkey whose acknowledgement means durable, or the Valkey that runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnTag
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.generated_secret import generated_secret
from infra.constructs.platform import VALKEY_PORT, Valkey

if TYPE_CHECKING:
    from infra.constructs.platform import Network, Platform
    from infra.stages import LocalServers


def local_valkey(scope: Construct, *, servers: LocalServers) -> Valkey:
    secret = secretsmanager.Secret.from_secret_name_v2(scope, "ValkeySecret", servers.valkey.secret_name)
    return Valkey(host=servers.valkey.host, port=servers.valkey.port, tls=False, secret=secret)


class ValkeyCluster(Construct):
    """One shard, a replica in another zone; a write is in a log across zones before it is acknowledged."""

    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, network: Network) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self.secret = generated_secret(self, "Secret", name="valkey", username="default", platform=platform)
        self.group = self._group(network)

    def connection(self) -> Valkey:
        host = self.group.attr_configuration_end_point_address
        return Valkey(host=host, port=VALKEY_PORT, tls=True, secret=self.secret)

    def _group(self, network: Network) -> elasticache.CfnReplicationGroup:
        stage = self._platform.stage
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description="Valkey beside PostgreSQL",
            subnet_ids=network.vpc.select_subnets(subnet_group_name="servers").subnet_ids,
        )
        return elasticache.CfnReplicationGroup(
            self,
            "Group",
            replication_group_id=stage.physical_name("valkey"),
            replication_group_description="Ingestion stream, counters",
            engine="valkey",
            engine_version="9.0",
            durability="sync",
            cluster_mode="enabled",
            cache_node_type=stage.sizes.valkey_node,
            cache_parameter_group_name=self._parameters().ref,
            num_node_groups=1,
            replicas_per_node_group=1,
            multi_az_enabled=True,
            automatic_failover_enabled=True,
            auto_minor_version_upgrade=True,
            at_rest_encryption_enabled=True,
            kms_key_id=self._platform.key.key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=self.secret.secret_value_from_json("password").unsafe_unwrap(),
            port=VALKEY_PORT,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[network.valkey.security_group_id],
            snapshot_retention_limit=stage.sizes.backup_days,
            snapshot_window="02:00-03:00",
            tags=[CfnTag(key="Name", value=stage.physical_name("valkey"))],
        )

    def _parameters(self) -> elasticache.CfnParameterGroup:
        return elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family="valkey9",
            description="An accepted event is never evicted",
            properties={"cluster-enabled": "yes", "maxmemory-policy": "noeviction"},
        )
