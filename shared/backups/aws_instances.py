"""Instances in AWS: Aurora restores a cluster to a moment beside the running one; promotion swaps their names, and with the
names their addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.drill import NotYet
from shared.backups.instances import Instance, InstancesUnavailable

ENGINE: Final = "aurora-postgresql"
_NO_CLUSTER: Final = "DBClusterNotFoundFault"
_NO_INSTANCE: Final = "DBInstanceNotFound"
_THERE_ALREADY: Final = frozenset({"DBClusterAlreadyExistsFault", "DBInstanceAlreadyExists"})
_GOING: Final = frozenset({"InvalidDBClusterStateFault", "InvalidDBInstanceState"})
_TAG: Final = "p09:drill"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the running cluster is made, which the restored one is made like."""

    cluster: str
    subnet_group: str
    security_groups: Sequence[str]
    parameter_group: str
    min_capacity: float
    max_capacity: float


class AwsInstances:
    def __init__(self, rds: Any, shape: Shape) -> None:
        self._rds = rds
        self._shape = shape

    def restorable_until(self) -> datetime | None:
        cluster = self._cluster(self._shape.cluster)
        latest = cluster.get("LatestRestorableTime") if cluster else None
        return latest.astimezone(UTC) if latest else None

    def provision(self, drill: str, *, to: datetime, base_before: datetime) -> None:
        """Raises ``NotYet`` until Aurora's backup reaches the moment: it lags by some minutes."""
        del base_before  # Aurora's backup is continuous: there is no base that one could choose
        name = self._name(drill)
        if self._cluster(name) is None:
            reach = self.restorable_until()
            if reach is None or reach < to:
                raise NotYet(f"the backup reaches {reach}, not yet {to}")
            self._restore(name, drill, to)
        if self._instance(name) is None:
            self._call(
                "create_db_instance", there_already=True, DBInstanceIdentifier=f"{name}-1", DBClusterIdentifier=name,
                DBInstanceClass="db.serverless", Engine=ENGINE, PubliclyAccessible=False,
                Tags=[{"Key": _TAG, "Value": drill}],
            )  # fmt: skip

    def look(self, drill: str) -> Instance:
        name = self._name(drill)
        cluster = self._cluster(name)
        if cluster is None:
            return Instance(state="promoted") if self._runs_as(drill) else Instance(state="gone")
        status = str(cluster["Status"])
        instance = self._instance(name)
        ready = instance is not None and instance["DBInstanceStatus"] == "available"
        if status == "available" and ready:
            facts = {"cluster": name, "engine_version": cluster.get("EngineVersion", "")}
            return Instance(state="available", host=cluster["Endpoint"], port=int(cluster["Port"]), facts=facts)
        if status.startswith(("failed", "incompatible", "inaccessible")):
            return Instance(state="failed", reason=f"Aurora says that {name} is {status}")
        return Instance(state="creating", step=status)

    def promote(self, drill: str) -> None:
        """One rename at a time, each when the one before has been carried out: the running cluster aside, then this one."""
        running, restored, aside = self._shape.cluster, self._name(drill), f"{self._shape.cluster}-before-{drill}"
        if self._cluster(restored) is None:
            return
        if self._cluster(running) is not None:
            self._rename(running, aside)
        elif self._cluster(aside) is not None:
            self._rename(restored, running)

    def destroy(self, drill: str) -> None:
        name = self._name(drill)
        if self._instance(name) is not None:
            self._call(
                "delete_db_instance", going=True, DBInstanceIdentifier=f"{name}-1", SkipFinalSnapshot=True
            )  # fmt: skip
        if self._cluster(name) is not None:
            self._call(
                "delete_db_cluster", going=True, DBClusterIdentifier=name, SkipFinalSnapshot=True,
                DeleteAutomatedBackups=True,
            )  # fmt: skip

    def _restore(self, name: str, drill: str, to: datetime) -> None:
        shape = self._shape
        self._call(
            "restore_db_cluster_to_point_in_time", there_already=True,
            DBClusterIdentifier=name, SourceDBClusterIdentifier=shape.cluster, RestoreToTime=to,
            DBSubnetGroupName=shape.subnet_group, VpcSecurityGroupIds=list(shape.security_groups),
            DBClusterParameterGroupName=shape.parameter_group, CopyTagsToSnapshot=True, DeletionProtection=False,
            ServerlessV2ScalingConfiguration={"MinCapacity": shape.min_capacity, "MaxCapacity": shape.max_capacity},
            Tags=[{"Key": _TAG, "Value": drill}],
        )  # fmt: skip

    def _rename(self, old: str, new: str) -> None:
        self._call(
            "modify_db_cluster", going=True, DBClusterIdentifier=old, NewDBClusterIdentifier=new, ApplyImmediately=True
        )

    def _runs_as(self, drill: str) -> bool:
        cluster = self._cluster(self._shape.cluster)
        tags = {tag["Key"]: tag["Value"] for tag in cluster.get("TagList", ())} if cluster else {}
        return tags.get(_TAG) == drill

    def _cluster(self, name: str) -> Mapping[str, Any] | None:
        found = self._call("describe_db_clusters", missing=_NO_CLUSTER, DBClusterIdentifier=name)
        return found["DBClusters"][0] if found else None

    def _instance(self, name: str) -> Mapping[str, Any] | None:
        found = self._call("describe_db_instances", missing=_NO_INSTANCE, DBInstanceIdentifier=f"{name}-1")
        return found["DBInstances"][0] if found else None

    def _name(self, drill: str) -> str:
        """Such as ``p09-prod-postgres-drill-20261124t040000z``: names of clusters are in lower case."""
        return f"{self._shape.cluster}-{drill}".lower()

    def _call(
        self, operation: str, *, missing: str = "", there_already: bool = False, going: bool = False, **parameters: Any
    ) -> Any:
        """None where the answer is one of those that were expected."""
        try:
            return getattr(self._rds, operation)(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == missing or (there_already and code in _THERE_ALREADY) or (going and code in _GOING):
                return None
            raise InstancesUnavailable(str(error)) from error
        except BotoCoreError as error:
            raise InstancesUnavailable(str(error)) from error
