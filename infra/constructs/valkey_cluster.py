"""Valkey whose acknowledgement means durable, or the Valkey that runs on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnTag
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.generated_secret import generated_secret
from infra.constructs.platform import VALKEY_PORT, Valkey

if TYPE_CHECKING:
    from infra.constructs.platform import Network, Platform
    from infra.stages import LocalServers

USERS = (
    "Its user group lets in a user with a password of 64 characters; a token of AUTH could not be rotated step by step"
)
GROUP_REASONS = {"AwsSolutions-AEC6": USERS, "NIST.800.53.R5-ElastiCacheRedisClusterAuth": USERS, "CKV_AWS_31": USERS}


def local_valkey(scope: Construct, *, servers: LocalServers) -> Valkey:
    secret = secretsmanager.Secret.from_secret_name_v2(scope, "ValkeySecret", servers.valkey.secret_name)
    return Valkey(host=servers.valkey.host, port=servers.valkey.port, tls=True, secret=secret)


class ValkeyCluster(Construct):
    """One shard, a replica in another zone; a write is in a log across zones before it is acknowledged."""

    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform, network: Network) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self.secret = generated_secret(self, "Secret", name="valkey", username="default", platform=platform)
        self.group = self._group(network)

    def connection(self) -> Valkey:
        host = self.group.attr_configuration_end_point_address
        user_id = self._platform.stage.physical_name("valkey")
        return Valkey(host=host, port=VALKEY_PORT, tls=True, secret=self.secret, user_id=user_id)

    def _users(self) -> elasticache.CfnUserGroup:
        """One user, who may have two passwords at a time: rotation brings the second."""
        name = self._platform.stage.physical_name("valkey")
        user = elasticache.CfnUser(
            self,
            "User",
            engine="valkey",
            user_id=name,
            user_name="default",
            access_string="on ~* &* +@all",
            passwords=[self.secret.secret_value_from_json("password").unsafe_unwrap()],
        )
        group = elasticache.CfnUserGroup(self, "Users", engine="valkey", user_group_id=name, user_ids=[user.user_id])
        group.node.add_dependency(user)
        return group

    def _group(self, network: Network) -> elasticache.CfnReplicationGroup:
        stage = self._platform.stage
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description="Valkey beside PostgreSQL",
            subnet_ids=network.vpc.select_subnets(subnet_group_name="servers").subnet_ids,
        )
        users = self._users()
        group = elasticache.CfnReplicationGroup(
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
            user_group_ids=[users.user_group_id],
            port=VALKEY_PORT,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[network.valkey.security_group_id],
            snapshot_retention_limit=stage.sizes.backup_days,
            snapshot_window="02:00-03:00",
            tags=[CfnTag(key="Name", value=stage.physical_name("valkey"))],
        )
        group.node.add_dependency(users)
        acknowledge(group, GROUP_REASONS)
        return group

    def _parameters(self) -> elasticache.CfnParameterGroup:
        return elasticache.CfnParameterGroup(
            self,
            "Parameters",
            cache_parameter_group_family="valkey9",
            description="An accepted event is never evicted",
            properties={"cluster-enabled": "yes", "maxmemory-policy": "noeviction"},
        )
