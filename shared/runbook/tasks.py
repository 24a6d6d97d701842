"""What is done and when: tasks that leave run records, further schedules, probes, components, incidents."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from shared.runbook.fields import Duration, Hour, Number, OpenPercent, Percent, Section, Text, Weekday


class Probes(Section):
    """``failures`` checks in a row that fail open an incident, ``successes`` in a row let it recover; while it is open
    which of them it will be, the probe asks again after ``again_after`` instead of at its next minute."""

    minimum_runs: PositiveInt
    failures: PositiveInt
    successes: PositiveInt
    again_after: Duration


class Component(Section):
    """A part of the service as its users see it; it is well when all of its checks pass."""

    title: Text
    description: Text
    checks: Annotated[list[Text], Field(min_length=1)]


class Incidents(Section):
    """``resolve_after``: a recovered incident that stays well for so long is resolved by itself."""

    resolve_after: Duration
    page_acknowledged_within: Duration
    ticket_acknowledged_within: Duration
    review_due_within: Duration
    remind_every: Duration


class Task(Section):
    """Runs once a day at its hour (UTC); overdue when ``grace`` has passed without a run record."""

    hour: Hour
    title: Text
    responsible: Text
    tooling: Text
    grace: Duration


class HealthCheck(Task):
    paths: Annotated[list[Annotated[str, Field(pattern="^/")]], Field(min_length=1)]
    timeout: Duration
    canary_within: Duration


class ErrorBudgetReview(Task):
    minimum_remaining_percent: Percent


class RedisMemory(Task):
    below_percent: OpenPercent
    maximum_fragmentation: Number
    fragmentation_matters_from_mib: PositiveInt
    maximum_evictions: NonNegativeInt


class BackupVerification(Task):
    maximum_age: Duration
    minimum_size_percent: Percent
    median_of: PositiveInt
    minimum_retention: Duration
    point_in_time_within: Duration
    maximum_snapshot_age: Duration
    read_within: Duration


class PipelineReview(Task):
    look_back: Duration
    history: Duration
    minimum_history: PositiveInt
    slower_percent: Number
    slower_by: Duration


class Tasks(Section):
    health_check: HealthCheck
    error_budget_review: ErrorBudgetReview
    redis_memory: RedisMemory
    backup_verification: BackupVerification
    pipeline_review: PipelineReview

    def by_id(self) -> Mapping[str, Task]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class Schedule(Section):
    """``every`` (with an ``offset``), or at an hour (UTC) of every day or of one ``weekday``.

    With a ``grace`` it is a task as well: each of its times leaves a run record, or counts as missed.
    """

    title: Text
    every: Duration | None = None
    offset: Duration | None = None
    weekday: Weekday | None = None
    hour: Hour | None = None
    grace: Duration | None = None
    responsible: Text | None = None
    tooling: Text | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.every is None) == (self.hour is None) or (self.weekday is not None and self.hour is None):
            raise ValueError("needs either `every` or `hour`, the latter alone or with a `weekday`")
        if self.offset is not None and (self.every is None or self.offset >= self.every):
            raise ValueError("offset: must be shorter than `every`")
        if self.grace is not None and (self.hour is None or self.responsible is None or self.tooling is None):
            raise ValueError("grace: a task needs an `hour`, and says who is `responsible` and with what `tooling`")
        return self


class Schedules(Section):
    kpi_evaluation: Schedule
    probes: Schedule
    missed_runs: Schedule
    outbox: Schedule
    audit_anchor: Schedule
    audit_pending: Schedule
    credential_expiry: Schedule
    incident_responder: Schedule
    notifier: Schedule
    status_publisher: Schedule
    evidence_export: Schedule
    nightly_backup: Schedule
    backup_inspection: Schedule
    valkey_snapshot: Schedule
    restore_drill: Schedule
    remove_aside: Schedule
    signing_keys: Schedule
    secret_rotation: Schedule
    credential_reconciliation: Schedule

    def by_id(self) -> Mapping[str, Schedule]:
        return {name: getattr(self, name) for name in type(self).model_fields}
