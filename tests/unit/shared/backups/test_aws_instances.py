from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from shared.backups.aws_instances import AwsInstances, Shape
from shared.backups.drill import NotYet
from shared.backups.instances import Instance, InstancesUnavailable
from shared.platform.aws.secrets import Login
from shared.platform.secret import Secret

SESSION = boto3.Session("key", "secret", region_name="eu-central-1")  # reads the service's description once
DRILL = "drill-20261125T040000Z"
SOURCE = "p09-prod-postgres"
RESTORED = "p09-prod-postgres-drill-20261125t040000z"
ASIDE = f"{SOURCE}-before-{DRILL}".lower()
ARN = "arn:aws:rds:eu-central-1:1:cluster:"
TO = datetime(2026, 11, 25, 4, 0, 7, tzinfo=UTC)
KEY = "arn:aws:kms:eu-central-1:1:key/k"
SHAPE = Shape(
    cluster={
        "DBSubnetGroupName": "servers", "VpcSecurityGroupIds": ["sg-1"], "DBClusterParameterGroupName": "p09",
        "Port": 15432, "KmsKeyId": KEY, "ServerlessV2ScalingConfiguration": {"MinCapacity": 1, "MaxCapacity": 8},
    },
    instance={"Engine": "aurora-postgresql", "DBInstanceClass": "db.serverless", "MonitoringInterval": 60},
    promoted={"ManageMasterUserPassword": True, "MasterUserSecretKmsKeyId": KEY, "DeletionProtection": True},
    readers=1,
)  # fmt: skip
TAG = [{"Key": "p09:drill", "Value": DRILL}]


class Rds:
    """Every answer and every request is checked against RDS' own model."""

    def __init__(self) -> None:
        self.client = SESSION.client("rds", config=Config(retries={"total_max_attempts": 1}))
        self.stub = Stubber(self.client)
        self.instances = AwsInstances(self.client, SOURCE, SHAPE)

    def cluster(self, name: str, **found: Any) -> None:
        self.stub.add_response("describe_db_clusters", {"DBClusters": [found]}, {"DBClusterIdentifier": name})

    def no_cluster(self, name: str) -> None:
        self.stub.add_client_error(
            "describe_db_clusters", "DBClusterNotFoundFault", expected_params={"DBClusterIdentifier": name}
        )

    def instance(self, **found: Any) -> None:
        asked = {"DBInstanceIdentifier": f"{RESTORED}-1"}
        self.stub.add_response("describe_db_instances", {"DBInstances": [found]}, asked)

    def no_instance(self) -> None:
        asked = {"DBInstanceIdentifier": f"{RESTORED}-1"}
        self.stub.add_client_error("describe_db_instances", "DBInstanceNotFound", expected_params=asked)


@pytest.fixture
def rds() -> Iterator[Rds]:
    found = Rds()
    with found.stub:
        yield found
        found.stub.assert_no_pending_responses()


def provision(rds: Rds) -> None:
    rds.instances.provision(DRILL, to=TO, base_before=TO)


def test_a_cluster_is_restored_to_the_moment_with_an_instance(rds: Rds) -> None:
    rds.no_cluster(RESTORED)
    rds.cluster(SOURCE, LatestRestorableTime=TO + timedelta(seconds=1))
    rds.stub.add_response(
        "restore_db_cluster_to_point_in_time", {"DBCluster": {}},
        {
            "DBClusterIdentifier": RESTORED, "SourceDBClusterIdentifier": SOURCE, "RestoreToTime": TO,
            "DeletionProtection": False, "Tags": TAG, **SHAPE.cluster,
        },
    )  # fmt: skip
    rds.no_instance()
    rds.stub.add_response(
        "create_db_instance", {"DBInstance": {}},
        {
            "DBInstanceIdentifier": f"{RESTORED}-1", "DBClusterIdentifier": RESTORED, "PromotionTier": 0, "Tags": TAG,
            **SHAPE.instance,
        },
    )  # fmt: skip
    provision(rds)


def test_a_backup_that_does_not_reach_the_moment_yet_is_waited_for(rds: Rds) -> None:
    rds.no_cluster(RESTORED)
    rds.cluster(SOURCE, LatestRestorableTime=TO - timedelta(seconds=1))
    with pytest.raises(NotYet, match="not yet"):
        provision(rds)


def test_what_was_made_before_a_crash_is_not_made_again(rds: Rds) -> None:
    rds.cluster(RESTORED, Status="creating")
    rds.instance(DBInstanceStatus="creating")
    provision(rds)


def test_two_that_make_the_same_at_once_make_it_once(rds: Rds) -> None:
    rds.no_cluster(RESTORED)
    rds.cluster(SOURCE, LatestRestorableTime=TO)
    rds.stub.add_client_error("restore_db_cluster_to_point_in_time", "DBClusterAlreadyExistsFault")
    rds.no_instance()
    rds.stub.add_client_error("create_db_instance", "DBInstanceAlreadyExists")
    provision(rds)


def test_it_is_available_once_cluster_and_instance_are(rds: Rds) -> None:
    cluster = {"Status": "available", "Endpoint": "restored.example", "Port": 15432, "EngineVersion": "18.4"}
    rds.cluster(RESTORED, **cluster)
    rds.instance(DBInstanceStatus="configuring-enhanced-monitoring")
    assert rds.instances.look(DRILL).state == "creating"
    rds.cluster(RESTORED, **cluster)
    rds.instance(DBInstanceStatus="available")
    found = rds.instances.look(DRILL)
    assert (found.state, found.host, found.port) == ("available", "restored.example", 15432)


def test_a_cluster_that_can_not_be_restored_has_failed(rds: Rds) -> None:
    rds.cluster(RESTORED, Status="incompatible-restore")
    rds.no_instance()
    assert rds.instances.look(DRILL) == Instance(
        state="failed", reason=f"Aurora says that {RESTORED} is incompatible-restore"
    )


def test_all_of_it_is_deleted_and_then_gone(rds: Rds) -> None:
    members = [{"DBInstanceIdentifier": f"{RESTORED}-1"}]
    rds.cluster(RESTORED, Status="available", DBClusterMembers=members)
    rds.stub.add_response(
        "delete_db_instance", {}, {"DBInstanceIdentifier": f"{RESTORED}-1", "SkipFinalSnapshot": True}
    )
    deleted = {"DBClusterIdentifier": RESTORED, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    rds.stub.add_response("delete_db_cluster", {}, deleted)
    rds.instances.destroy(DRILL)
    rds.cluster(RESTORED, Status="deleting", DBClusterMembers=members)
    rds.stub.add_client_error("delete_db_instance", "InvalidDBInstanceState")
    rds.stub.add_client_error("delete_db_cluster", "InvalidDBClusterStateFault")
    rds.instances.destroy(DRILL)
    rds.no_cluster(RESTORED)
    rds.cluster(SOURCE, TagList=[])
    assert rds.instances.look(DRILL).state == "gone"


def test_one_that_was_promoted_and_went_back_is_deleted_with_its_readers_and_its_protection(rds: Rds) -> None:
    members = [{"DBInstanceIdentifier": f"{RESTORED}-{number}"} for number in (1, 2)]
    rds.cluster(RESTORED, Status="available", DBClusterMembers=members, DeletionProtection=True)
    unprotected = {"DBClusterIdentifier": RESTORED, "DeletionProtection": False, "ApplyImmediately": True}
    rds.stub.add_response("modify_db_cluster", {"DBCluster": {}}, unprotected)
    for member in members:
        rds.stub.add_response("delete_db_instance", {}, {**member, "SkipFinalSnapshot": True})
    deleted = {"DBClusterIdentifier": RESTORED, "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    rds.stub.add_response("delete_db_cluster", {}, deleted)
    rds.instances.destroy(DRILL)


def renamed(rds: Rds, old: str, new: str) -> None:
    asked = {"DBClusterIdentifier": old, "NewDBClusterIdentifier": new, "ApplyImmediately": True}
    rds.stub.add_response("modify_db_cluster", {"DBCluster": {}}, asked)


def test_a_restored_cluster_gets_the_owner_s_password_of_today(rds: Rds) -> None:
    asked = {"DBClusterIdentifier": RESTORED, "MasterUserPassword": "of-today", "ApplyImmediately": True}
    rds.stub.add_response("modify_db_cluster", {"DBCluster": {}}, asked)
    rds.instances.admit_owner(DRILL, Login("p09_admin", Secret("of-today")))


def test_promotion_makes_one_change_after_the_other(rds: Rds) -> None:
    rds.cluster(RESTORED, Status="available")
    rds.cluster(SOURCE, Status="available")
    renamed(rds, SOURCE, ASIDE)
    rds.instances.promote(DRILL)
    rds.no_cluster(RESTORED)  # seen from in between: neither of the two has the running one's name
    rds.no_cluster(SOURCE)
    rds.cluster(ASIDE, Status="renaming")
    assert rds.instances.look(DRILL).state == "promoting"
    rds.cluster(RESTORED, Status="available")
    rds.no_cluster(SOURCE)
    rds.cluster(ASIDE, Status="renaming")
    renamed(rds, RESTORED, SOURCE)
    rds.instances.promote(DRILL)


def test_a_promoted_cluster_has_readers_protection_and_its_owner_s_password_managed_again(rds: Rds) -> None:
    rds.no_cluster(RESTORED)
    rds.cluster(SOURCE, Status="available", TagList=TAG, DBClusterMembers=[{"DBInstanceIdentifier": f"{RESTORED}-1"}])
    reader = {
        "DBInstanceIdentifier": f"{RESTORED}-2", "DBClusterIdentifier": SOURCE, "PromotionTier": 1, "Tags": TAG,
        **SHAPE.instance,
    }  # fmt: skip
    rds.stub.add_response("create_db_instance", {"DBInstance": {}}, reader)
    asked = {"DBClusterIdentifier": SOURCE, "ApplyImmediately": True, **SHAPE.promoted}
    rds.stub.add_response("modify_db_cluster", {"DBCluster": {}}, asked)
    rds.instances.promote(DRILL)
    secret = {"SecretArn": "arn:aws:secretsmanager:eu-central-1:1:secret:rds!cluster-new", "SecretStatus": "creating"}
    for status, state in (("creating", "promoting"), ("active", "promoted")):
        rds.no_cluster(RESTORED)
        rds.cluster(SOURCE, Status="available", TagList=TAG, MasterUserSecret={**secret, "SecretStatus": status})
        assert rds.instances.look(DRILL).state == state


def test_the_way_back_is_the_same_renames_the_other_way_round(rds: Rds) -> None:
    rds.cluster(ASIDE, Status="available")
    rds.cluster(SOURCE, Status="available", TagList=TAG)
    renamed(rds, SOURCE, RESTORED)
    rds.instances.go_back(DRILL)
    rds.cluster(ASIDE, Status="available")
    rds.no_cluster(SOURCE)
    renamed(rds, ASIDE, SOURCE)
    rds.instances.go_back(DRILL)
    rds.no_cluster(ASIDE)
    rds.instances.go_back(DRILL)


def test_what_was_put_aside_costs_what_its_idle_instances_cost(rds: Rds) -> None:
    members = [{"DBInstanceIdentifier": name} for name in ("writer", "reader")]
    for _ in range(2):
        rds.cluster(ASIDE, Status="available", DBClusterMembers=members)
    found = rds.instances.aside(DRILL)
    assert found
    assert (found.name, found.costs) == (ASIDE, "about $5.76 a day for 2 idle instances, and its storage")


def test_what_was_put_aside_is_deleted_with_its_instances_and_a_last_snapshot_stays(rds: Rds) -> None:
    cluster = {
        "Status": "available", "DBClusterArn": ARN + ASIDE, "DeletionProtection": True,
        "DBClusterMembers": [{"DBInstanceIdentifier": "writer"}],
    }  # fmt: skip
    rds.cluster(ASIDE, **cluster)
    unprotected = {"DBClusterIdentifier": ASIDE, "DeletionProtection": False, "ApplyImmediately": True}
    rds.stub.add_response("modify_db_cluster", {"DBCluster": {}}, unprotected)
    rds.cluster(ASIDE, **cluster)
    tagged = {
        "ResourceName": ARN.replace("cluster", "db") + "writer",
        "Tags": [{"Key": "p09:put-aside", "Value": "true"}],
    }
    rds.stub.add_response("add_tags_to_resource", {}, tagged)
    rds.stub.add_response("delete_db_instance", {}, {"DBInstanceIdentifier": "writer", "SkipFinalSnapshot": True})
    deleted = {
        "DBClusterIdentifier": ASIDE, "SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": f"{ASIDE}-last",
    }  # fmt: skip
    rds.stub.add_response("delete_db_cluster", {}, deleted)
    rds.instances.remove_aside(DRILL)
    rds.no_cluster(ASIDE)
    rds.instances.remove_aside(DRILL)


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied", "InternalFailure"])
def test_a_refusal_is_no_knowledge(rds: Rds, code: str) -> None:
    rds.stub.add_client_error("describe_db_clusters", code)
    with pytest.raises(InstancesUnavailable, match=code):
        rds.instances.restorable_until()
