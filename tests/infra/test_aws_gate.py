"""The gate finds nothing in what is deployed, and says what was broken when something is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from scripts.aws_gate import accepted, gate, permissions, ports
from scripts.aws_gate.templates import Templates, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.aws_gate.finding import Finding
    from scripts.aws_gate.templates import Resource
    from tests.infra.assembly import Assembly


@pytest.fixture(scope="session")
def before(assembly: Assembly) -> set[Finding]:
    return set(gate.findings([read(assembly.folder / "assembly-prod")]))


def test_every_finding_is_mended_or_accepted_with_a_reason(assembly: Assembly) -> None:
    assert [str(one) for one in accepted.remaining(gate.findings(gate.stages(assembly.folder)), accepted.load())] == []


def test_an_exception_that_matches_nothing_is_itself_a_finding() -> None:
    entry = accepted.Accepted(check="order", at="Data *", subject="*", why="it once did")
    (left,) = accepted.remaining([], [entry])
    assert left.problem == "the exception matches no finding"


def in_stack(templates: Templates, stack: str, kind: str, start: str = "") -> Resource:
    return next(one for one in templates.all(kind) if one.stack.name.endswith(f"-{stack}") and one.id.startswith(start))


def statements(one: Resource) -> list[dict[str, Any]]:
    name = "KeyPolicy" if one.type == "AWS::KMS::Key" else "PolicyDocument"
    found: list[dict[str, Any]] = one.properties[name]["Statement"]
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def policy_of(templates: Templates, folder: str) -> Resource:
    """The one policy of a function's role."""
    for function in templates.all("AWS::Lambda::Function"):
        if function.properties["Handler"] == f"functions.{folder}.handler.handler":
            role = function.properties["Role"]["Fn::GetAtt"][0]
            return next(
                one
                for one in templates.all("AWS::IAM::ManagedPolicy")
                if one.stack is function.stack and {"Ref": role} in one.properties["Roles"]
            )
    raise LookupError(folder)


def migrations_before_instances(templates: Templates) -> None:
    custom = in_stack(templates, "Data", "Custom::Migrations")
    custom.body["DependsOn"] = []


def retained_when_its_creation_fails(templates: Templates) -> None:
    in_stack(templates, "Data", "AWS::DynamoDB::Table").body["DeletionPolicy"] = "Retain"


def two_tables_of_one_name(templates: Templates) -> None:
    queues = [one for one in templates.all("AWS::SQS::Queue") if one.stack.name.endswith("-Operations")]
    queues[0].properties["QueueName"] = queues[1].properties["QueueName"]


def copies_beside_the_original(templates: Templates) -> None:
    templates.stacks["P09-prod-Network"].template["Rules"] = {}


def no_deploy_role_of_the_second_region(templates: Templates) -> None:
    for one in statements(in_stack(templates, "Delivery", "AWS::IAM::ManagedPolicy")):
        if one["Action"] == "sts:AssumeRole":
            region = next(stack.region for stack in templates.stacks.values() if stack.name.endswith("-RecoveryCopy"))
            one["Resource"] = [arn for arn in one["Resource"] if region not in str(arn)]


def an_action_that_aws_does_not_know(templates: Templates) -> None:
    statements(policy_of(templates, "query"))[0]["Action"] = ["secretsmanager:ReadSecret"]


def an_arn_of_another_kind(templates: Templates) -> None:
    for one in statements(policy_of(templates, "collect")):
        if one["Action"] == "events:PutEvents":
            one["Resource"] = {"Fn::Join": ["", ["arn:aws:events:", {"Ref": "AWS::Region"}, ":1:rule/x"]]}


def no_option_group_for_a_restore(templates: Templates) -> None:
    for one in statements(policy_of(templates, "restore_drill")):
        if "rds:RestoreDBClusterToPointInTime" in as_list(one["Action"]):
            one["Resource"] = [arn for arn in one["Resource"] if ":og:" not in str(arn)]


def a_condition_that_never_holds(templates: Templates) -> None:
    for one in statements(policy_of(templates, "collect")):
        if one["Action"] == "events:PutEvents":
            one["Condition"] = {"StringEquals": {"dynamodb:LeadingKeys": "x"}}


def a_permission_less(templates: Templates) -> None:
    for one in statements(policy_of(templates, "evidence_export")):
        if one["Action"] == "kms:Sign":
            one["Action"] = "kms:GetPublicKey"


def a_permission_more(templates: Templates) -> None:
    statements(policy_of(templates, "collect")).append({"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"})


def no_key_for_the_table(templates: Templates) -> None:
    policy = policy_of(templates, "missed_runs")
    policy.properties["PolicyDocument"]["Statement"] = [
        one for one in statements(policy) if "kms:Decrypt" not in as_list(one["Action"])
    ]


def no_endpoint_for_secrets(templates: Templates) -> None:
    drop(templates, in_stack(templates, "Network", "AWS::EC2::VPCEndpoint", "VpcSecretsManager"))


def no_gateway_for_the_table(templates: Templates) -> None:
    drop(templates, in_stack(templates, "Network", "AWS::EC2::VPCEndpoint", "VpcDynamoDb"))


def cognito_asked_from_the_network(templates: Templates) -> None:
    function = next(
        one for one in templates.all("AWS::Lambda::Function") if "functions.query." in one.properties["Handler"]
    )
    url = {"Fn::Join": ["", ["https://cognito-idp.", {"Ref": "AWS::Region"}, ".amazonaws.com/x/.well-known/jwks.json"]]}
    function.properties["Environment"]["Variables"]["SOME_KEYS_URL"] = url


def alarms_refused_by_their_topic(templates: Templates) -> None:
    policy = in_stack(templates, "Data", "AWS::SNS::TopicPolicy")
    policy.properties["PolicyDocument"]["Statement"] = [one for one in statements(policy) if one["Effect"] == "Deny"]


def alarms_refused_by_the_key(templates: Templates) -> None:
    key = in_stack(templates, "Data", "AWS::KMS::Key")
    key.properties["KeyPolicy"]["Statement"] = [
        one for one in statements(key) if one["Principal"] != {"Service": "cloudwatch.amazonaws.com"}
    ]


def alarms_of_any_account(templates: Templates) -> None:
    for one in statements(in_stack(templates, "Data", "AWS::SNS::TopicPolicy")):
        if one["Effect"] == "Allow":
            del one["Condition"]


def access_logs_of_any_account(templates: Templates) -> None:
    policy = in_stack(templates, "Data", "AWS::S3::BucketPolicy", "AccessLogs")
    policy.properties["PolicyDocument"]["Statement"] = [
        one for one in statements(policy) if "StringNotEquals" not in one.get("Condition", {})
    ]


def log_groups_refused_by_the_key(templates: Templates) -> None:
    key = in_stack(templates, "Data", "AWS::KMS::Key")
    key.properties["KeyPolicy"]["Statement"] = [one for one in statements(key) if "logs." not in str(one["Principal"])]


def a_rule_refused_by_its_queue(templates: Templates) -> None:
    for policy in templates.all("AWS::SQS::QueuePolicy"):
        if policy.stack.name.endswith("-Ingest"):
            policy.properties["PolicyDocument"]["Statement"] = [
                one for one in statements(policy) if one["Effect"] == "Deny"
            ]


def a_rule_refused_by_its_function(templates: Templates) -> None:
    drop(templates, in_stack(templates, "Ingest", "AWS::Lambda::Permission"))


def a_schedule_that_may_not_start_its_function(templates: Templates) -> None:
    schedule = in_stack(templates, "Operations", "AWS::Scheduler::Schedule")
    role = schedule.properties["Target"]["RoleArn"]["Fn::GetAtt"][0]
    policy = next(
        one
        for one in templates.all("AWS::IAM::ManagedPolicy")
        if one.stack is schedule.stack and {"Ref": role} in one.properties["Roles"]
    )
    policy.properties["PolicyDocument"]["Statement"] = [
        one for one in statements(policy) if "lambda:InvokeFunction" not in as_list(one["Action"])
    ]


def a_role_that_its_service_may_not_take(templates: Templates) -> None:
    machine = in_stack(templates, "Recovery", "AWS::StepFunctions::StateMachine")
    role = machine.stack.resources[machine.properties["RoleArn"]["Fn::GetAtt"][0]]
    role.properties["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] = {"Service": "lambda.amazonaws.com"}


def a_vault_that_hopes_for_old_events(templates: Templates) -> None:
    vault = in_stack(templates, "Recovery", "AWS::Backup::BackupVault")
    topic = {"Ref": in_stack(templates, "Data", "AWS::SNS::Topic", "Alarms").id}
    vault.properties["Notifications"] = {"BackupVaultEvents": ["RESTORE_JOB_FAILED"], "SNSTopicArn": topic}


def another_port_for_functions(templates: Templates) -> None:
    function = next(
        one for one in templates.all("AWS::Lambda::Function") if "functions.query." in one.properties["Handler"]
    )
    function.properties["Environment"]["Variables"]["POSTGRES_PORT"] = "5432"


def another_port_for_the_network(templates: Templates) -> None:
    cluster = in_stack(templates, "Data", "AWS::RDS::DBCluster")
    cluster.properties["Port"] = 5432


def drop(templates: Templates, one: Resource) -> None:
    assert one.stack.name in templates.stacks
    del one.stack.resources[one.id]


BROKEN: list[tuple[Callable[[Templates], None], str, str]] = [
    (migrations_before_instances, "order", "host does not resolve yet"),
    (retained_when_its_creation_fails, "retention", "outlives a creation that failed"),
    (two_tables_of_one_name, "name", "has the same name"),
    (copies_beside_the_original, "name", "may lie in the same region"),
    (no_deploy_role_of_the_second_region, "region", "may not assume the bootstrap's roles"),
    (an_action_that_aws_does_not_know, "action", "AWS knows no action secretsmanager:ReadSecret"),
    (an_arn_of_another_kind, "resource-type", "events:PutEvents works on event-bus"),
    (no_option_group_for_a_restore, "required-type", "always needs a resource of type og"),
    (a_condition_that_never_holds, "condition", "fills in no dynamodb:LeadingKeys"),
    (a_permission_less, "missing", "may call kms:Sign"),
    (a_permission_more, "unneeded", "allows sns:Publish"),
    (no_key_for_the_table, "key", "encrypted under a key"),
    (no_endpoint_for_secrets, "reach", "no way to secretsmanager"),
    (no_gateway_for_the_table, "reach", "no way to dynamodb"),
    (cognito_asked_from_the_network, "ban", "refuses every request through PrivateLink"),
    (alarms_refused_by_their_topic, "writer", "cloudwatch.amazonaws.com may not sns:Publish"),
    (alarms_refused_by_the_key, "writer-key", "cloudwatch.amazonaws.com may not kms:Decrypt"),
    (alarms_of_any_account, "any-account", "cloudwatch.amazonaws.com is let in for whichever account"),
    (access_logs_of_any_account, "any-account", "logging.s3.amazonaws.com is let in"),
    (log_groups_refused_by_the_key, "writer-key", "CloudWatch Logs may not"),
    (a_rule_refused_by_its_queue, "writer", "events.amazonaws.com may not sqs:SendMessage"),
    (a_rule_refused_by_its_function, "writer", "events.amazonaws.com may not lambda:InvokeFunction"),
    (a_schedule_that_may_not_start_its_function, "role", "may not lambda:InvokeFunction"),
    (a_role_that_its_service_may_not_take, "trust", "states.amazonaws.com may not take"),
    (a_vault_that_hopes_for_old_events, "deprecated", "sends no RESTORE_JOB_FAILED"),
    (another_port_for_functions, "port", "POSTGRES_PORT is 5432"),
    (another_port_for_the_network, "port", "listens at 5432"),
]


@pytest.mark.parametrize(("damage", "check", "said"), [pytest.param(*one, id=one[0].__name__) for one in BROKEN])
def test_what_is_broken_is_found_for_its_reason(
    assembly: Assembly, before: set[Finding], damage: Callable[[Templates], None], check: str, said: str
) -> None:
    templates = read(assembly.folder / "assembly-prod")
    damage(templates)
    found = set(gate.findings([templates])) - before
    assert [one for one in found if one.check == check and said in one.problem], "\n".join(map(str, found))


def test_a_copy_of_the_database_listens_where_the_original_does(assembly: Assembly) -> None:
    templates = read(assembly.folder / "assembly-prod")
    drill = next(one for one in permissions.functions(templates, gate.ROOT) if one.folder == "restore_drill")
    assert not list(_default_ports(templates, drill))
    forgetful = replace(drill, made=frozenset(replace(one, given=frozenset()) for one in drill.made))
    assert [one.subject for one in _default_ports(templates, forgetful)] == ["RestoreDBClusterToPointInTime"]
    variables = drill.resource.properties["Environment"]["Variables"]
    told = {name: json.loads(json.dumps(value).replace("15432", "5432")) for name, value in variables.items()}
    drill.resource.properties["Environment"]["Variables"] = told
    assert [one.subject for one in _default_ports(templates, drill)] == ["RestoreDBClusterToPointInTime"]


def _default_ports(templates: Templates, function: permissions.Function) -> Iterator[Finding]:
    return (one for one in ports.findings(templates, [function]) if one.check == ports.DEFAULT_PORT)
