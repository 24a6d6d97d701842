from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.assembly import STAGES

if TYPE_CHECKING:
    from tests.infra.assembly import Assembly

AWS_STAGES = ("dev", "staging", "prod")


@pytest.mark.parametrize("stage", STAGES)
def test_buckets_keep_versions_are_encrypted_and_private(assembly: Assembly, stage: str) -> None:
    for _, bucket in assembly.of_type(stage, "AWS::S3::Bucket"):
        assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket.properties["BucketEncryption"]
        assert set(bucket.properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket.body["DeletionPolicy"] == "RetainExceptOnCreate"


@pytest.mark.parametrize("stage", STAGES)
def test_buckets_and_queues_take_requests_by_tls_alone(assembly: Assembly, stage: str) -> None:
    for kind, policy_kind, key in (
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
    ):
        for stack, resource in assembly.of_type(stage, kind):
            policies = [
                policy.properties["PolicyDocument"]["Statement"]
                for policy in stack.of_type(policy_kind)
                if {"Ref": resource.logical_id} in _list(policy.properties[key])
            ]
            assert any(_denies_plaintext(statement) for statements in policies for statement in statements)


@pytest.mark.parametrize("stage", STAGES)
def test_operations_table_streams_and_can_go_back_in_time(assembly: Assembly, stage: str) -> None:
    ((_, table),) = assembly.of_type(stage, "AWS::DynamoDB::Table")
    keys = {key["KeyType"]: key["AttributeName"] for key in table.properties["KeySchema"]}
    assert keys == {"HASH": "pk", "RANGE": "sk"}
    assert table.properties["TableName"] == f"p09-{stage}-operations"
    assert table.properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table.properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table.properties["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("stage", STAGES)
def test_log_groups_forget_after_a_time(assembly: Assembly, stage: str) -> None:
    for _, group in assembly.of_type(stage, "AWS::Logs::LogGroup"):
        assert 7 <= group.properties["RetentionInDays"] <= 365


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_postgres_is_encrypted_backed_up_and_hard_to_delete(assembly: Assembly, stage: str) -> None:
    ((_, cluster),) = assembly.of_type(stage, "AWS::RDS::DBCluster")
    properties = cluster.properties
    assert properties["StorageEncrypted"] is True
    assert properties["DeletionProtection"] is True
    assert properties["BackupRetentionPeriod"] >= 15
    assert properties["EnableIAMDatabaseAuthentication"] is True
    assert properties["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in properties
    assert cluster.body["DeletionPolicy"] in {"RetainExceptOnCreate", "Snapshot"}


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_postgres_refuses_plaintext_and_more_connections_than_counted(assembly: Assembly, stage: str) -> None:
    ((_, group),) = assembly.of_type(stage, "AWS::RDS::DBClusterParameterGroup")
    parameters = group.properties["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    reserved = sum(
        function.properties["ReservedConcurrentExecutions"]
        for _, function in assembly.of_type(stage, "AWS::Lambda::Function")
        if "POSTGRES_HOST" in function.properties["Environment"]["Variables"]
    )
    assert 2 * reserved < int(parameters["max_connections"])


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_postgres_tells_what_it_does(assembly: Assembly, stage: str) -> None:
    ((stack, cluster),) = assembly.of_type(stage, "AWS::RDS::DBCluster")
    names = {group.properties.get("LogGroupName") for group in stack.of_type("AWS::Logs::LogGroup")}
    assert f"/aws/rds/cluster/{cluster.properties['DBClusterIdentifier']}/postgresql" in names
    for instance in stack.of_type("AWS::RDS::DBInstance"):
        role = instance.properties["MonitoringRoleArn"]["Fn::GetAtt"][0]
        policies = stack.of_type("AWS::IAM::ManagedPolicy")
        assert any({"Ref": role} in policy.properties["Roles"] for policy in policies)
        assert instance.properties["MonitoringInterval"] == 60
        assert instance.properties["PubliclyAccessible"] is False


@pytest.mark.parametrize("stage", STAGES)
def test_alarms_may_publish_to_their_topic(assembly: Assembly, stage: str) -> None:
    (policy,) = assembly.stages[stage]["Data"].of_type("AWS::SNS::TopicPolicy")
    allowed = [one for one in policy.properties["PolicyDocument"]["Statement"] if one["Effect"] == "Allow"]
    assert [one["Principal"] for one in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_valkey_acknowledges_only_what_is_durable(assembly: Assembly, stage: str) -> None:
    ((stack, group),) = assembly.of_type(stage, "AWS::ElastiCache::ReplicationGroup")
    properties = group.properties
    assert properties["Durability"] == "sync"
    # What durability asks for, by ElastiCache's documentation.
    assert properties["Engine"] == "valkey"
    assert float(properties["EngineVersion"]) >= 9
    assert properties["ClusterMode"] == "enabled"
    assert properties["ReplicasPerNodeGroup"] >= 1
    assert properties["MultiAZEnabled"] is True
    assert properties["AutomaticFailoverEnabled"] is True
    assert properties["TransitEncryptionEnabled"] is True
    assert properties["AtRestEncryptionEnabled"] is True
    parameters = stack.find(properties["CacheParameterGroupName"]["Ref"]).properties["Properties"]
    assert parameters["maxmemory-policy"] == "noeviction"


@pytest.mark.parametrize("stage", AWS_STAGES)
def test_no_subnet_has_a_way_out(assembly: Assembly, stage: str) -> None:
    types = assembly.types(stage)
    assert not types & {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route"}
    services = {
        str(endpoint.properties["ServiceName"]) for _, endpoint in assembly.of_type(stage, "AWS::EC2::VPCEndpoint")
    }
    for service in ("secretsmanager", "events", ".s3", ".dynamodb"):
        assert any(service in name for name in services), service
    # AWS completes no request to a pool that has a domain when it comes by an endpoint: it would only hide the way that does.
    assert assembly.of_type(stage, "AWS::Cognito::UserPoolDomain")
    assert not [name for name in services if "cognito" in name]


@pytest.mark.parametrize("stage", STAGES)
def test_wake_ups_that_fail_are_tried_again_and_then_kept(assembly: Assembly, stage: str) -> None:
    (rule,) = assembly.stages[stage]["Ingest"].of_type("AWS::Events::Rule")
    (target,) = rule.properties["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 2}
    assert target["DeadLetterConfig"]["Arn"]
    assert rule.properties["EventPattern"] == {"source": ["p09.ingestion"], "detail-type": ["EventsWaiting"]}
    (schedule,) = assembly.stages[stage]["Ingest"].of_type("AWS::Scheduler::Schedule")
    assert schedule.properties["ScheduleExpression"] == "rate(1 minute)"
    assert schedule.properties["Target"]["DeadLetterConfig"]["Arn"]
    assert schedule.properties["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 2


def _denies_plaintext(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return bool(statement["Effect"] == "Deny" and condition.get("aws:SecureTransport") == "false")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
