"""Instances in AWS: Aurora restores a cluster to a moment beside the running one; promotion swaps their names, and with the
names their addresses.

A restored cluster has the owner's password of then, which RDS does not manage. It is given today's as long as it is temporary;
once it runs, RDS manages it again, in a secret of its own: the old one goes with the cluster that was put aside.

RDS copies little of the source: whatever a request leaves out is the engine's default, the port among it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared.backups.drill import NotYet
from shared.backups.instances import Aside, Instance, InstancesUnavailable

if TYPE_CHECKING:
    from shared.platform.aws.secrets import Login

_NO_CLUSTER: Final = "DBClusterNotFoundFault"
_NO_INSTANCE: Final = "DBInstanceNotFound"
_THERE_ALREADY: Final = frozenset({"DBClusterAlreadyExistsFault", "DBInstanceAlreadyExists"})
_GOING: Final = frozenset({"InvalidDBClusterStateFault", "InvalidDBInstanceState"})
_TAG: Final = "p09:drill"
_PUT_ASIDE: Final = "p09:put-aside"
_DOLLARS_PER_UNIT_HOUR: Final = (
    0.12  # Aurora Serverless v2 in us-east-1, November 2026; other regions are some tenths dearer
)
_HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the running cluster is made, which the restored one is made like: parameters of RDS' own operations.

    ``cluster`` of RestoreDBClusterToPointInTime, ``instance`` of CreateDBInstance, ``promoted`` of ModifyDBCluster for what a
    temporary cluster does without. ``readers`` are beside the writer.
    """

    cluster: Mapping[str, Any]
    instance: Mapping[str, Any]
    promoted: Mapping[str, Any]
    readers: int


class AwsInstances:
    def __init__(self, rds: Any, running: str, shape: Shape) -> None:
        self._rds = rds
        self._running = running
        self._shape = shape

    def restorable_until(self) -> datetime | None:
        cluster = self._cluster(self._running)
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
            self._add_instance(name, drill, 1)

    def look(self, drill: str) -> Instance:
        name = self._name(drill)
        cluster = self._cluster(name)
        if cluster is None:
            return self._promoted(drill)
        status = str(cluster["Status"])
        instance = self._instance(name)
        ready = instance is not None and instance["DBInstanceStatus"] == "available"
        if status == "available" and ready:
            facts = {"cluster": name, "engine_version": cluster.get("EngineVersion", "")}
            return Instance(state="available", host=cluster["Endpoint"], port=int(cluster["Port"]), facts=facts)
        if status.startswith(("failed", "incompatible", "inaccessible")):
            return Instance(state="failed", reason=f"Aurora says that {name} is {status}")
        return Instance(state="creating", step=status)

    def admit_owner(self, drill: str, login: "Login") -> None:
        name = self._name(drill)
        self._call(
            "modify_db_cluster", DBClusterIdentifier=name, MasterUserPassword=login.password.reveal(), ApplyImmediately=True
        )  # fmt: skip

    def promote(self, drill: str) -> None:
        """One change at a time, each when the one before has been carried out: the running cluster is renamed, then this one,
        which then gets its readers and is made what the running one was. Nobody waits for the readers."""
        running, restored, aside = self._running, self._name(drill), self._aside_name(drill)
        if self._cluster(restored) is not None:
            if self._cluster(running) is not None:
                self._rename(running, aside)
            elif self._cluster(aside) is not None:
                self._rename(restored, running)
            return
        promoted = self._cluster(running)
        if not promoted or promoted["Status"] != "available" or "MasterUserSecret" in promoted:
            return
        if len(promoted.get("DBClusterMembers", ())) <= self._shape.readers:
            for number in range(self._shape.readers):
                self._add_instance(running, drill, number + 2)
        self._call(
            "modify_db_cluster", going=True, DBClusterIdentifier=running, ApplyImmediately=True, **self._shape.promoted
        )

    def go_back(self, drill: str) -> None:
        """The renames of a promotion, the other way round."""
        running, restored, aside = self._running, self._name(drill), self._aside_name(drill)
        if self._cluster(aside) is None:
            return
        found = self._cluster(running)
        if found is None:
            self._rename(aside, running)
        elif _is_of(found, drill):
            self._rename(running, restored)

    def aside(self, drill: str) -> Aside | None:
        name = self._aside_name(drill)
        if self._cluster(name) is None:
            return None
        instances = len(self._members(name))
        idle = float(self._shape.cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"])
        daily = idle * _DOLLARS_PER_UNIT_HOUR * _HOURS * instances
        return Aside(name=name, costs=f"about ${daily:.2f} a day for {instances} idle instances, and its storage")

    def remove_aside(self, drill: str) -> None:
        name = self._aside_name(drill)
        if (cluster := self._cluster(name)) is None:
            return
        self._lift_protection(name, cluster)
        for instance in self._members(name):
            arn = str(cluster["DBClusterArn"]).replace(f":cluster:{name}", f":db:{instance}")
            # Only instances with this tag may be deleted: their names are CloudFormation's, as the running ones' are.
            self._call("add_tags_to_resource", ResourceName=arn, Tags=[{"Key": _PUT_ASIDE, "Value": "true"}])
            self._call("delete_db_instance", going=True, DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
        # A last snapshot stays: it costs storage alone.
        self._call("delete_db_cluster", going=True, DBClusterIdentifier=name, SkipFinalSnapshot=False,
                   FinalDBSnapshotIdentifier=f"{name}-last".lower())  # fmt: skip

    def _promoted(self, drill: str) -> Instance:
        running = self._cluster(self._running)
        if running is None and self._cluster(self._aside_name(drill)) is not None:
            return Instance(state="promoting", step="renaming")
        if running is None or not _is_of(running, drill):
            return Instance(state="gone")
        secret = running.get("MasterUserSecret", {})
        if running["Status"] != "available" or secret.get("SecretStatus") != "active":
            return Instance(state="promoting", step=str(running["Status"]))
        return Instance(state="promoted", facts={"cluster": self._running, "owner_secret": secret["SecretArn"]})

    def destroy(self, drill: str) -> None:
        """One that was promoted and went back has readers and is protected."""
        name = self._name(drill)
        if (cluster := self._cluster(name)) is None:
            return
        self._lift_protection(name, cluster)
        for member in cluster.get("DBClusterMembers", ()):
            instance = member["DBInstanceIdentifier"]
            self._call("delete_db_instance", going=True, DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
        self._call(
            "delete_db_cluster", going=True, DBClusterIdentifier=name, SkipFinalSnapshot=True,
            DeleteAutomatedBackups=True,
        )  # fmt: skip

    def _restore(self, name: str, drill: str, to: datetime) -> None:
        self._call(
            "restore_db_cluster_to_point_in_time", there_already=True,
            DBClusterIdentifier=name, SourceDBClusterIdentifier=self._running, RestoreToTime=to,
            DeletionProtection=False, Tags=_tags(drill), **self._shape.cluster,
        )  # fmt: skip

    def _add_instance(self, cluster: str, drill: str, number: int) -> None:
        """Whatever the cluster is called by now: the instance is called after the drill."""
        self._call(
            "create_db_instance", there_already=True, DBInstanceIdentifier=f"{self._name(drill)}-{number}",
            DBClusterIdentifier=cluster, PromotionTier=min(number - 1, 1), Tags=_tags(drill), **self._shape.instance,
        )  # fmt: skip

    def _lift_protection(self, name: str, cluster: Mapping[str, Any]) -> None:
        if cluster.get("DeletionProtection"):
            self._call("modify_db_cluster", going=True, DBClusterIdentifier=name, DeletionProtection=False,
                       ApplyImmediately=True)  # fmt: skip

    def _rename(self, old: str, new: str) -> None:
        self._call(
            "modify_db_cluster", going=True, DBClusterIdentifier=old, NewDBClusterIdentifier=new, ApplyImmediately=True
        )

    def _members(self, name: str) -> list[str]:
        cluster = self._cluster(name) or {}
        return [one["DBInstanceIdentifier"] for one in cluster.get("DBClusterMembers", ())]

    def _aside_name(self, drill: str) -> str:
        return f"{self._running}-before-{drill}".lower()

    def _cluster(self, name: str) -> Mapping[str, Any] | None:
        found = self._call("describe_db_clusters", missing=_NO_CLUSTER, DBClusterIdentifier=name)
        return found["DBClusters"][0] if found else None

    def _instance(self, name: str) -> Mapping[str, Any] | None:
        found = self._call("describe_db_instances", missing=_NO_INSTANCE, DBInstanceIdentifier=f"{name}-1")
        return found["DBInstances"][0] if found else None

    def _name(self, drill: str) -> str:
        """Such as ``p09-prod-postgres-drill-20261124t040000z``: names of clusters are in lower case."""
        return f"{self._running}-{drill}".lower()

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


def _tags(drill: str) -> list[dict[str, str]]:
    return [{"Key": _TAG, "Value": drill}]


def _is_of(cluster: Mapping[str, Any], drill: str) -> bool:
    """Whether a drill has made it."""
    return {tag["Key"]: tag["Value"] for tag in cluster.get("TagList", ())}.get(_TAG) == drill
