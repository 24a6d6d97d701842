"""Services that act on their own: what they write to, and whether its policy and its key let them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.aws_gate.finding import Finding
from scripts.aws_gate.policies import Request, allows, names_its_source, principals
from scripts.aws_gate.templates import ACCOUNT, as_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.aws_gate.templates import Resource, Templates

REFUSED, KEY_REFUSED, ANY_ACCOUNT, SILENT = "writer", "writer-key", "any-account", "deprecated"
# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html
_SILENT_EVENTS = {
    "BACKUP_JOB_SUCCESSFUL", "BACKUP_JOB_FAILED", "BACKUP_JOB_EXPIRED", "RESTORE_JOB_SUCCESSFUL", "RESTORE_JOB_FAILED",
    "COPY_JOB_SUCCESSFUL",
}  # fmt: skip
_POLICIES = {
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket"),
}
_ACTIONS = {
    "AWS::SNS::Topic": "sns:Publish",
    "AWS::SQS::Queue": "sqs:SendMessage",
    "AWS::Lambda::Function": "lambda:InvokeFunction",
}
_ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_KEY_OF = {"AWS::SNS::Topic": "KmsMasterKeyId", "AWS::SQS::Queue": "KmsMasterKeyId"}


@dataclass(frozen=True)
class Edge:
    """``source`` writes to ``target`` as the service ``principal``."""

    source: Resource
    principal: str
    target: Resource
    action: str
    suffix: str = ""


def findings(templates: Templates) -> Iterator[Finding]:
    for edge in _edges(templates):
        yield from _edge(templates, edge)
    yield from _logs(templates)
    yield from _open(templates)
    for vault in templates.all("AWS::Backup::BackupVault"):
        for event in sorted(
            set(as_list(vault.properties.get("Notifications", {}).get("BackupVaultEvents"))) & _SILENT_EVENTS
        ):
            yield Finding(
                *vault.key, SILENT, event, f"AWS Backup sends no {event} to a vault's topic any more: it is deprecated",
                "a rule on the bus for aws.backup",
            )  # fmt: skip


def _edges(templates: Templates) -> Iterator[Edge]:
    for one in templates.all():
        for principal, value in _writes(one):
            target = templates.find(one.stack, value)
            if target is None:
                continue
            if target.type == "AWS::Lambda::Alias":
                target = templates.find(target.stack, target.properties["FunctionName"]) or target
            if action := _ACTIONS.get(target.type):
                yield Edge(one, principal, target, action)
        logging = one.properties.get("LoggingConfiguration") if one.type == "AWS::S3::Bucket" else None
        if logging and (bucket := templates.find(one.stack, logging.get("DestinationBucketName"))):
            prefix = templates.text(one.stack, logging.get("LogFilePrefix", ""))
            yield Edge(one, "logging.s3.amazonaws.com", bucket, "s3:PutObject", f"/{prefix}x")


def _writes(one: Resource) -> Iterator[tuple[str, Any]]:
    """Principals and what they write to."""
    body = one.properties
    match one.type:
        case "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm":
            told = [value for kind in _ALARM_ACTIONS for value in as_list(body.get(kind))]
            yield from (("cloudwatch.amazonaws.com", value) for value in told)
        case "AWS::Events::Rule":
            yield from _of_rule(body)
        case "AWS::SNS::Subscription":
            yield "sns.amazonaws.com", body.get("Endpoint")
            yield "sns.amazonaws.com", (body.get("RedrivePolicy") or {}).get("deadLetterTargetArn")
        case "AWS::Backup::BackupVault":
            yield "backup.amazonaws.com", body.get("Notifications", {}).get("SNSTopicArn")
        case "AWS::SecretsManager::RotationSchedule":
            yield "secretsmanager.amazonaws.com", body.get("RotationLambdaARN")
        case "AWS::Budgets::Budget":
            notified = [who for one in body.get("NotificationsWithSubscribers", []) for who in one["Subscribers"]]
            yield from (("budgets.amazonaws.com", who["Address"]) for who in notified)


def _of_rule(body: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A target with a role is written to by that role."""
    for target in body.get("Targets", []):
        if "RoleArn" not in target:
            yield "events.amazonaws.com", target["Arn"]
        yield "events.amazonaws.com", target.get("DeadLetterConfig", {}).get("Arn")


def _edge(templates: Templates, edge: Edge) -> Iterator[Finding]:
    source, target = edge.source, edge.target
    # A subscription is made for a topic, a rotation for a secret: those are what AWS names as the source.
    origin = (
        templates.find(source.stack, source.properties.get("TopicArn") or source.properties.get("SecretId")) or source
    )
    context = {"aws:sourcearn": templates.arn(origin), "aws:sourceaccount": ACCOUNT, "aws:securetransport": "true"}
    request = Request(
        service=edge.principal, action=edge.action, resource=templates.arn(target) + edge.suffix, context=context
    )
    if not _is_let_in(templates, target, request):
        yield Finding(
            *source.key, REFUSED, f"{edge.principal} to {target.id}",
            f"{edge.principal} may not {edge.action} on {target.id} of {target.stack.name}: nothing arrives",
            f"let {edge.principal} in by the policy of {target.id}, with aws:SourceAccount or aws:SourceArn",
        )  # fmt: skip
    key = target.properties.get(_KEY_OF.get(target.type, "-"))
    if key and (found := templates.find(target.stack, key)):
        document = found.properties["KeyPolicy"]
        for action in ("kms:Decrypt", "kms:GenerateDataKey"):
            use = Request(service=edge.principal, action=action, resource=templates.arn(found), context=context)
            if not allows(templates, found.stack, document, use):
                yield Finding(
                    *source.key, KEY_REFUSED, f"{edge.principal} {action}",
                    f"{target.id} is encrypted under {found.id}, by which {edge.principal} may not {action}: nothing arrives",
                    f"let {edge.principal} use the key, with aws:SourceAccount",
                )  # fmt: skip


def _is_let_in(templates: Templates, target: Resource, request: Request) -> bool:
    if target.type == "AWS::Lambda::Function":
        return any(_permits(templates, target, one, request) for one in templates.all("AWS::Lambda::Permission"))
    kind, where = _POLICIES[target.type]
    documents = [
        (one, one.properties["PolicyDocument"])
        for one in templates.all(kind)
        if any(templates.find(one.stack, value) is target for value in as_list(one.properties[where]))
    ]
    statements = [statement for _, document in documents for statement in as_list(document["Statement"])]
    stack = documents[0][0].stack if documents else target.stack
    return allows(templates, stack, {"Statement": statements}, request)


def _permits(templates: Templates, target: Resource, one: Resource, request: Request) -> bool:
    named = templates.find(one.stack, one.properties["FunctionName"])
    if named is not None and named.type == "AWS::Lambda::Alias":
        named = templates.find(named.stack, named.properties["FunctionName"])
    source = one.properties.get("SourceArn")
    account = one.properties.get("SourceAccount")
    return (
        named is target
        and one.properties["Principal"] == request.service
        and (source is None or templates.text(one.stack, source) == request.context["aws:sourcearn"])
        and (account is None or templates.text(one.stack, account) == ACCOUNT)
    )


def _logs(templates: Templates) -> Iterator[Finding]:
    """Log groups are written under their key by CloudWatch Logs of the same region."""
    for group in templates.all("AWS::Logs::LogGroup"):
        key = templates.find(group.stack, group.properties.get("KmsKeyId"))
        if key is None:
            continue
        region = group.stack.region
        context = {"kms:encryptioncontext:aws:logs:arn": templates.arn(group).removesuffix(":*")}
        for action in ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"):
            request = Request(
                service=f"logs.{region}.amazonaws.com", action=action, resource=templates.arn(key), context=context
            )
            if not allows(templates, key.stack, key.properties["KeyPolicy"], request):
                yield Finding(
                    *group.key, KEY_REFUSED, f"logs {action}",
                    f"CloudWatch Logs may not {action} under {key.id}: the log group can't be created",
                    "let logs.REGION.amazonaws.com use the key for this account's log groups",
                )  # fmt: skip


def _open(templates: Templates) -> Iterator[Finding]:
    """A service that anybody's account can make write here."""
    for one in templates.all(
        "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy", "AWS::KMS::Key"
    ):
        document = one.properties.get("PolicyDocument") or one.properties.get("KeyPolicy") or {}
        statements = as_list(document.get("Statement"))
        for statement in statements:
            services = principals(templates, one.stack, statement) - {"*"}
            if statement["Effect"] != "Allow" or names_its_source(statement):
                continue
            for service in sorted(services):
                if not _others_are_denied(templates, one, statements, service, statement):
                    yield Finding(
                        *one.key, ANY_ACCOUNT, service,
                        f"{service} is let in for whichever account it acts",
                        "aws:SourceAccount or aws:SourceArn in the statement, or a Deny of every other account",
                    )  # fmt: skip
    for one in templates.all("AWS::Lambda::Permission"):
        if not (one.properties.get("SourceArn") or one.properties.get("SourceAccount")):
            yield Finding(
                *one.key, ANY_ACCOUNT, str(one.properties["Principal"]), "anybody's account can have the function invoked",
                "SourceArn or SourceAccount",
            )  # fmt: skip


def _others_are_denied(
    templates: Templates, one: Resource, statements: list[Any], service: str, statement: dict[str, Any]
) -> bool:
    """Whether a request for a foreign account meets a Deny."""
    action = as_list(statement["Action"])[0]
    resource = templates.text(one.stack, as_list(statement["Resource"])[0]).replace("*", "x")
    context = {
        "aws:sourceaccount": "999988887777",
        "aws:sourcearn": "arn:aws:s3:::foreign",
        "aws:securetransport": "true",
    }
    foreign = Request(service=service, action=action, resource=resource, context=context)
    return not allows(templates, one.stack, {"Statement": statements}, foreign)
