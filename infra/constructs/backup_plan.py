"""AWS Backup: a locked vault, the nightly and the continuous backup of what remembers, a copy far away, and AWS' own
restore tests beside our drills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, CfnOutput, Duration, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.constructs.kept import kept

if TYPE_CHECKING:
    from aws_cdk import aws_dynamodb as dynamodb

    from infra.constructs.platform import Platform
    from infra.stages import Stage

SERVICE_POLICIES = ("AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores")
MANAGED = "What AWS Backup itself needs, kept by AWS as the service grows; a copy of ours would fall behind"
START_WITHIN = Duration.hours(2)
COMPLETE_WITHIN = Duration.hours(6)
LOCK_AFTER = Duration.days(3)


def vault_name(stage: Stage) -> str:
    return stage.physical_name("backups")


def role_name(stage: Stage) -> str:
    return stage.physical_name("backup-jobs")


def role_arn(scope: Construct, stage: Stage) -> str:
    """Of whom AWS Backup makes a stage's jobs as, and says so in what it tells of them."""
    return Stack.of(scope).format_arn(service="iam", region="", resource="role", resource_name=role_name(stage))


def locked_vault(scope: Construct, construct_id: str, *, stage: Stage, key: kms.IKey) -> backup.BackupVault:
    """Nobody, no administrator either, deletes a backup before its time; for good once the lock's grace is over."""
    days = stage.sizes.backup_days
    return backup.BackupVault(
        scope,
        construct_id,
        backup_vault_name=vault_name(stage),
        encryption_key=key,
        block_recovery_point_deletion=True,
        lock_configuration=backup.LockConfiguration(
            min_retention=Duration.days(days),
            max_retention=Duration.days(10 * days),
            # Only where deletion is protected is the lock itself beyond recall.
            changeable_for=LOCK_AFTER if stage.sizes.deletion_protection else None,
        ),
        removal_policy=kept(stage),
    )


class BackupPlan(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        platform: Platform,
        cluster_arn: str,
        table: dynamodb.ITable,
        copy_to: backup.IBackupVault,
    ) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        self.vault = locked_vault(self, "Vault", stage=platform.stage, key=platform.key)
        self.role = self._role()
        self._plan([cluster_arn, table.table_arn], copy_to)
        self._restore_tests(cluster_arn)
        stack = Stack.of(self)
        for name, value in (
            ("BackupVaultName", vault_name(platform.stage)),
            ("BackupRoleArn", self.role.role_arn),
            ("PostgresClusterArn", cluster_arn),
            ("BackupDays", str(platform.stage.sizes.backup_days)),
        ):
            CfnOutput(stack, name, value=value)  # for scripts/backup/full-backup.sh

    def _plan(self, resources: list[str], copy_to: backup.IBackupVault) -> None:
        stage = self._platform.stage
        plan = backup.BackupPlan(self, "Plan", backup_plan_name=stage.physical_name("nightly"), backup_vault=self.vault)
        hour = self._platform.monitoring.runbook["schedules"]["nightly_backup"]["hour"]
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="Nightly",
                schedule_expression=events.Schedule.cron(hour=str(hour), minute="0"),
                start_window=START_WITHIN,
                completion_window=COMPLETE_WITHIN,
                delete_after=Duration.days(stage.sizes.backup_days),
                copy_actions=[_copy(copy_to, stage)],
            )
        )
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="Continuous",
                enable_continuous_backup=True,
                # From here on AWS Backup sets the retention of the cluster's own backups: the template says the same.
                delete_after=Duration.days(stage.sizes.backup_days),
            )
        )
        backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=plan.backup_plan_id,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="What-remembers", iam_role_arn=self.role.role_arn, resources=resources
            ),
        )

    def _restore_tests(self, cluster_arn: str) -> None:
        """AWS restores the newest backup by itself each month: a second opinion that none of our code has a part in."""
        name = self._platform.stage.physical_name("tests").replace("-", "_")
        plan = backup.CfnRestoreTestingPlan(
            self,
            "Tests",
            restore_testing_plan_name=name,
            schedule_expression="cron(0 6 1 * ? *)",
            schedule_expression_timezone="UTC",
            start_window_hours=4,
            recovery_point_selection=backup.CfnRestoreTestingPlan.RestoreTestingRecoveryPointSelectionProperty(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[self.vault.backup_vault_arn],
                recovery_point_types=["SNAPSHOT"],
                selection_window_days=7,
            ),
        )
        selection = backup.CfnRestoreTestingSelection(
            self,
            "TestedCluster",
            restore_testing_plan_name=name,
            restore_testing_selection_name="postgres",
            protected_resource_type="Aurora",
            protected_resource_arns=[cluster_arn],
            iam_role_arn=self.role.role_arn,
            validation_window_hours=1,
        )
        selection.add_resource_dependency(plan)

    def _role(self) -> iam.Role:
        managed = [iam.ManagedPolicy.from_aws_managed_policy_name(f"service-role/{name}") for name in SERVICE_POLICIES]
        role = iam.Role(
            self,
            "Role",
            role_name=role_name(self._platform.stage),
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=managed,
        )
        prefix = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role"
        acknowledge(role, {f"{prefix}/{name}]": MANAGED for name in SERVICE_POLICIES})
        return role


def _copy(vault: backup.IBackupVault, stage: Stage) -> backup.BackupPlanCopyActionProps:
    days = Duration.days(stage.sizes.backup_days)
    return backup.BackupPlanCopyActionProps(destination_backup_vault=vault, delete_after=days)


def copy_vault(scope: Construct, *, stage: Stage) -> backup.IBackupVault:
    """The vault of the same name in the other region, which the stack RecoveryCopy makes there."""
    arn = Stack.of(scope).format_arn(
        service="backup",
        region=stage.copy_region,
        resource="backup-vault",
        resource_name=vault_name(stage),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return backup.BackupVault.from_backup_vault_arn(scope, "CopyVault", arn)
