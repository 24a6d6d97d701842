"""Backups, and their proof: AWS Backup's plan, the workflow that restores the database and compares it, its schedule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler

from infra.acknowledge import acknowledge
from infra.constructs.backup_plan import BackupPlan, copy_vault
from infra.constructs.cold_start import OWNER_SECRET, ColdStart, allow_owner_secret
from infra.constructs.private_bucket import ACCEPTED, allow_objects
from infra.constructs.restore_workflow import RestoreWorkflow
from infra.constructs.schedule import SCHEDULED_TIME
from infra.constructs.scheduled_task import run_every
from infra.constructs.service_function import ServiceFunction

if TYPE_CHECKING:
    from aws_cdk import aws_s3 as s3
    from constructs import Construct

    from infra.constructs.platform import DataServices, Platform

KEPT_DOCUMENTS = ("backups/catalogue.json", "backups/requests/*", "backups/instances/*", "backups/aside/*")
ACCEPTED_REASON = "Objects of accepted events, one for each minute, under one prefix: a promotion drains them again"
ANCHORS_REASON = "The anchor that a promotion leaves at once, under a name of its own, under one prefix"
DRILL = "restore_drill"
FAILED = "A drill failed or was not signed off: until one passes, nobody knows whether the backups restore."
READ_RDS = ("rds:DescribeDBClusters", "rds:DescribeDBInstances")


class RecoveryStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        data: DataServices,
        audit_bucket: s3.IBucket,
        staging_url: str,
        **props: Any,
    ) -> None:
        super().__init__(scope, construct_id, **props)
        self._platform = platform
        self._data = data
        self._audit_bucket = audit_bucket
        self.function = self._function()
        self.cold_start = ColdStart(self, "Cold", platform=platform, data=data, staging_url=staging_url).function
        seconds = platform.stage.sizes.drill_poll_seconds
        self.workflow = RestoreWorkflow(
            self,
            "Restore",
            platform=platform,
            function=self.function,
            cold_start=self.cold_start,
            poll=Duration.seconds(seconds),
        )
        self._drill_on_schedule()
        run_every(self, platform=platform, function=self.function, name="remove_aside")
        self._tell_of_failed_drills()
        # MiniStack has no jobs, no recovery points, no selections: local/left_out.toml says what stands in.
        if platform.stage.local is None:
            BackupPlan(
                self,
                "Backups",
                platform=platform,
                cluster_arn=data.postgres.aurora.cluster_arn,
                table=data.operations,
                copy_to=copy_vault(self, stage=platform.stage),
            )
        CfnOutput(self, "RestoreWorkflowArn", value=self.workflow.machine.state_machine_arn)

    def _function(self) -> ServiceFunction:
        stage, data = self._platform.stage, self._data
        postgres = data.postgres
        function = ServiceFunction(
            self,
            DRILL,
            platform=self._platform,
            environment={
                **postgres.environment(),
                **data.valkey.environment(),
                "OPERATIONS_TABLE_NAME": data.operations.table_name,
                "POSTGRES_ADMIN_SECRET_ARN": postgres.admin_secret.secret_arn,
                "POSTGRES_BACKUP_SECRET_ARN": postgres.backup_secret.secret_arn,
                "POSTGRES_API_SECRET_ARN": postgres.api_secret.secret_arn,
                "POSTGRES_COLLECT_SECRET_ARN": postgres.collect_secret.secret_arn,
                "POSTGRES_QUERY_SECRET_ARN": postgres.query_secret.secret_arn,
                "POSTGRES_WORKER_SECRET_ARN": postgres.worker_secret.secret_arn,
                "ARCHIVE_BUCKET_NAME": data.archive.bucket_name,
                "AUDIT_BUCKET_NAME": self._audit_bucket.bucket_name,
                "PUT_ASIDE_DAYS": str(stage.sizes.put_aside_days),
                "BACKUP_CATALOGUE_BUCKET_NAME": data.archive.bucket_name if stage.local else "",
                "POSTGRES_CLUSTER_ID": postgres.aurora.cluster_id,
                "POSTGRES_SHAPE": self.to_json_string(postgres.aurora.shape),
            },
            reserved_concurrency=stage.sizes.concurrency.restore_drill,
            # Checksums of every row of every table are read in one go.
            timeout=Duration.minutes(15),
            memory_mb=1024,
        )
        function.allow_table(data.operations)
        function.allow_secrets(postgres.admin_secret, *postgres.logins, data.valkey.secret)
        allow_objects(function, data.archive, f"{ACCEPTED}*", "s3:GetObject", why=ACCEPTED_REASON)
        allow_objects(function, self._audit_bucket, "heads/*", "s3:GetObject", "s3:PutObject", why=ANCHORS_REASON)
        buckets = [Stack.of(one).export_value(one.bucket_arn) for one in (data.archive, self._audit_bucket)]
        function.allow("s3:ListBucket", resources=buckets)
        function.allow_key("s3", "kms:Decrypt", "kms:GenerateDataKey")
        self._allow_documents(function) if stage.local else self._allow_aurora(function)
        return function

    def _allow_documents(self, function: ServiceFunction) -> None:
        """Where a machine keeps its own backups: the documents by which its keeper is asked."""
        bucket = Stack.of(self._data.archive).export_value(self._data.archive.bucket_arn)
        function.allow("s3:GetObject", "s3:PutObject", resources=[f"{bucket}/{name}" for name in KEPT_DOCUMENTS])
        export = self.resolve(bucket)["Fn::ImportValue"]
        why = "A document for each drill, named after it, under two prefixes"
        wide = [name for name in KEPT_DOCUMENTS if name.endswith("*")]
        acknowledge(function.policy, {f"AwsSolutions-IAM5[Resource::{export}/{name}]": why for name in wide})

    def _allow_aurora(self, function: ServiceFunction) -> None:
        """The running cluster is restored from; only temporary ones, known by their names, are made and deleted."""
        postgres = self._data.postgres
        temporary = [self._rds(kind, f"{postgres.aurora.cluster_id}-drill-*") for kind in ("cluster", "db")]
        temporary += [self._rds(kind, f"{postgres.aurora.cluster_id}-restore-*") for kind in ("cluster", "db")]
        subnets = self._rds("subgrp", postgres.aurora.subnet_group)
        # Option groups and the instances' parameter groups are RDS' own defaults.
        options, parameters = self._rds("og", "default:*"), self._rds("pg", "default.*")
        around = [subnets, options, self._rds("cluster-pg", postgres.aurora.parameter_group)]
        running, aside = postgres.aurora.cluster_arn, self._rds("cluster", f"{postgres.aurora.cluster_id}-before-*")
        function.allow(*READ_RDS, resources=[running, aside, *temporary])
        function.allow(
            "rds:RestoreDBClusterToPointInTime", "rds:AddTagsToResource", resources=[running, *temporary, *around]
        )
        # Of the running cluster those readers are that a promoted one, which has its name by then, goes without until then.
        function.allow("rds:CreateDBInstance", resources=[running, *temporary, subnets, options, parameters])
        watching = {"iam:PassedToService": "monitoring.rds.amazonaws.com"}
        function.allow("iam:PassRole", resources=[postgres.aurora.monitoring_role], when=watching)
        function.allow("rds:DeleteDBInstance", "rds:DeleteDBCluster", resources=temporary)
        function.allow("rds:ModifyDBCluster", resources=[running, aside, *temporary])
        # What was put aside goes when its time is over; a last snapshot of it stays.
        last = self._rds("cluster-snapshot", f"{postgres.aurora.cluster_id}-before-*")
        function.allow("rds:DeleteDBCluster", "rds:CreateDBClusterSnapshot", resources=[aside, last])
        members = self._rds("db", "*")
        function.allow("rds:AddTagsToResource", resources=[members], when={"aws:RequestTag/p09:put-aside": "true"})
        function.allow("rds:DeleteDBInstance", resources=[members], when={"aws:ResourceTag/p09:put-aside": "true"})
        allow_owner_secret(function)
        # Who has RDS manage a password asks, through RDS, for the secret that will hold it.
        owner = self.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=OWNER_SECRET,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        function.allow("secretsmanager:CreateSecret", "secretsmanager:TagResource", resources=[owner])
        function.allow_key("secretsmanager", "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
        function.allow_key("rds", "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
        why = "Named after the drill, but for instances put aside, whose names CloudFormation chose: those are tagged first"
        findings = [self.resolve(arn) for arn in (*temporary, aside, options, parameters, members, last)]
        acknowledge(function.policy, {f"AwsSolutions-IAM5[Resource::{_shown(arn)}]": why for arn in findings})

    def _rds(self, kind: str, name: str) -> str:
        return self.format_arn(
            service="rds", resource=kind, resource_name=name, arn_format=ArnFormat.COLON_RESOURCE_NAME
        )

    def _drill_on_schedule(self) -> None:
        machine = self.workflow.machine.state_machine_arn
        role = iam.Role(self, "DrillScheduleRole", assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com"))
        start = iam.PolicyStatement(actions=["states:StartExecution"], resources=[machine])
        send = iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.function.failures.queue_arn])
        policy = iam.ManagedPolicy(self, "DrillSchedulePolicy", roles=[role], statements=[start, send])
        asked = {
            "kind": "drill", "started_by": "schedule", "reason": "scheduled drill", "scheduled_time": SCHEDULED_TIME,
        }  # fmt: skip
        found = scheduler.CfnSchedule(
            self,
            "DrillSchedule",
            name=self._platform.stage.physical_name(DRILL),
            schedule_expression=self._when(),
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=machine,
                role_arn=role.role_arn,
                input=json.dumps(asked),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self.function.failures.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=2, maximum_event_age_in_seconds=3600
                ),
            ),
        )
        found.node.add_dependency(policy)

    def _when(self) -> str:
        """Weekly, or on the first of these weekdays of a month."""
        monitoring = self._platform.monitoring
        return monitoring.monthly(DRILL) if self._platform.stage.sizes.monthly_drills else monitoring.at(DRILL)

    def _tell_of_failed_drills(self) -> None:
        metric = self.workflow.machine.metric_failed(period=Duration.minutes(5), statistic="Sum")
        alarm = cloudwatch.Alarm(
            self,
            "FailedDrills",
            metric=metric,
            threshold=0,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{FAILED} {self._platform.monitoring.link('further-schedules')}",
        )
        alarm.add_alarm_action(actions.SnsAction(self._platform.alarms))
        alarm.add_ok_action(actions.SnsAction(self._platform.alarms))


def _shown(arn: Any) -> str:
    """An ARN with references, as cdk-nag writes it in the name of a finding."""
    if isinstance(arn, str):
        return arn
    separator, parts = arn["Fn::Join"]
    return str(separator).join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts)
