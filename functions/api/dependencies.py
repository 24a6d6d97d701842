"""What requests share: clients, built once per environment and only when first needed."""

import time
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from functions.api.limits import Limits
from functions.api.origin_proof import OriginProof
from functions.api.settings import Settings
from functions.api.site_cache import SiteCache
from shared.collection.entry import Entry
from shared.collection.stream import STREAM, WAKE_DETAIL_TYPE, WAKE_SOURCE, append_within, forget_awake, woke
from shared.collection.visitor import Visitors
from shared.platform import wiring
from shared.platform.aws.bus import put_event
from shared.platform.aws.secrets import LoginSecret
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.limits import Take, Within, run_within
from shared.platform.settings import aws_settings
from shared.platform.valkey import Command, Valkey, ValkeyUnavailable

if TYPE_CHECKING:
    from shared.audit.anchors import AnchorStore
    from shared.backups.store import DrillStore
    from shared.calendar.store import CalendarStore
    from shared.changes.store import ChangeStore
    from shared.changes.waits import WaitStore
    from shared.communication.store import AnnouncementStore
    from shared.credentials.credentials import DatabaseCredentials
    from shared.credentials.store import LeaseStore
    from shared.identity.tokens import TokenVerifier
    from shared.incidents.review_store import ReviewStore
    from shared.incidents.rules import Rules
    from shared.incidents.store import IncidentStore
    from shared.kpi.store import KpiStore
    from shared.platform.aws.dynamodb import Table
    from shared.platform.aws.secrets import SecretVersions
    from shared.platform.postgres import Database
    from shared.runbook.store import RunStore

POSTGRES_SECONDS: Final = 10.0
HEALTH_SECONDS: Final = 2.0
REST_SECONDS: Final = 2.0


class Services:
    """The servers that the API works with."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._limits_rest_until = 0.0

    @cached_property
    def database(self) -> "Database":
        return wiring.database(
            self.settings, self.settings.postgres_secret_arn, application="api", timeout=POSTGRES_SECONDS
        )

    @cached_property
    def valkey(self) -> Valkey:
        return wiring.valkey(self.settings)

    @cached_property
    def health_database(self) -> "Database":
        """A connection of its own, whose waits are short: a health check has to answer while the server hangs."""
        return wiring.database(
            self.settings, self.settings.postgres_secret_arn, application="api health", timeout=HEALTH_SECONDS
        )

    @cached_property
    def health_valkey(self) -> Valkey:
        return wiring.valkey(self.settings, timeout=HEALTH_SECONDS)

    @cached_property
    def telemetry_valkey(self) -> Valkey:
        """Counters are told and never answered: a connection on which nobody waits."""
        return wiring.valkey(self.settings)

    @cached_property
    def operations(self) -> "Table":
        """What operations need while PostgreSQL and Valkey are down."""
        from functions.api.audited_table import AuditedTable
        from shared.platform.aws.dynamodb import signed_call

        return AuditedTable(signed_call(aws_settings), self.settings.operations_table_name)

    @cached_property
    def anchors(self) -> "AnchorStore":
        from shared.audit.anchors import AnchorStore

        return AnchorStore(self.operations)

    @cached_property
    def leases(self) -> "LeaseStore":
        from shared.credentials.store import LeaseStore

        return LeaseStore(self.operations)

    @cached_property
    def credentials(self) -> "DatabaseCredentials":
        from shared.credentials.credentials import DatabaseCredentials

        return DatabaseCredentials(self.database, self.leases)

    @cached_property
    def secrets(self) -> "SecretVersions":
        from shared.platform.aws.secrets import SecretVersions

        return SecretVersions(aws_settings)

    @cached_property
    def origin_proof(self) -> OriginProof:
        return OriginProof(LoginSecret(aws_settings, self.settings.origin_secret_arn))

    @cached_property
    def kpis(self) -> "KpiStore":
        from shared.kpi.store import KpiStore  # the runbook's model comes with it: only who asks for KPIs waits

        return KpiStore(self.operations)

    @cached_property
    def runs(self) -> "RunStore":
        from shared.runbook.store import RunStore

        return RunStore(self.operations)

    @cached_property
    def announcements(self) -> "AnnouncementStore":
        from shared.communication.store import AnnouncementStore

        return AnnouncementStore(self.operations)

    @cached_property
    def calendar(self) -> "CalendarStore":
        from shared.calendar.store import CalendarStore

        return CalendarStore(self.operations)

    @cached_property
    def drills(self) -> "DrillStore":
        from shared.backups.store import DrillStore

        return DrillStore(self.operations)

    def workflow(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """Call Step Functions. Raises ``AwsUnavailable`` and ``AwsRefused``."""
        from shared.platform.aws.signed import call

        return call(aws_settings(), "states", f"AWSStepFunctions.{operation}", body, json_version="1.0")

    @cached_property
    def changes(self) -> "ChangeStore":
        from shared.changes.store import ChangeStore

        return ChangeStore(self.operations)

    @cached_property
    def promotion_waits(self) -> "WaitStore":
        from shared.changes.waits import WaitStore

        return WaitStore(self.operations)

    @cached_property
    def incidents(self) -> "IncidentStore":
        from shared.incidents.store import IncidentStore

        return IncidentStore(self.operations)

    @cached_property
    def reviews(self) -> "ReviewStore":
        from shared.incidents.review_store import ReviewStore

        return ReviewStore(self.operations)

    @cached_property
    def incident_rules(self) -> "Rules":
        from shared.incidents.rules import Rules
        from shared.runbook.load import the_runbook

        return Rules.of(the_runbook())

    @cached_property
    def sites(self) -> SiteCache:
        return SiteCache(lambda: self.database)

    @cached_property
    def visitors(self) -> Visitors:
        return Visitors(self.valkey)

    @cached_property
    def tokens(self) -> "TokenVerifier":
        from shared.identity.tokens import TokenVerifier  # PyJWT: only who presents a token waits for it

        return TokenVerifier(
            issuer=self.settings.identity_issuer,
            jwks_url=self.settings.identity_jwks_url,
            client_ids=self.settings.identity_client_ids.split(","),
            pipeline_client_id=self.settings.identity_pipeline_client_id,
        )

    def append(self, entry: Entry, takes: Sequence[Take], *also: Command) -> Within:
        """Make events durable within limits, and wake the worker when it was idle.

        Raises ``LimitExceeded`` and ``ValkeyUnavailable``.
        """
        appended = append_within(self.valkey, entry, takes, *also)
        if woke(appended):
            self.wake()
        return appended

    @cached_property
    def limits(self) -> Limits:
        return Limits.read(self.settings.limits)

    def check(self, takes: Sequence[Take]) -> None:
        """Raises ``LimitExceeded``. Who asks for numbers needs no Valkey: while it is down, nobody is limited."""
        if not takes or time.monotonic() < self._limits_rest_until:
            return
        try:
            run_within(self.valkey, takes)
        except (ValkeyUnavailable, AwsUnavailable, AwsRefused):
            self._limits_rest_until = time.monotonic() + REST_SECONDS

    def wake(self) -> None:
        """Tell the worker that events wait. The events are durable: a wake-up that fails costs a minute, not an event."""
        try:
            put_event(
                aws_settings, self.settings.event_bus_name,
                source=WAKE_SOURCE, detail_type=WAKE_DETAIL_TYPE, detail={"stream": STREAM},
            )  # fmt: skip
        except (AwsRefused, AwsUnavailable):
            from aws_lambda_powertools.logging import Logger

            Logger(child=True).exception("the worker was not woken; its schedule will find the events")
            forget_awake(self.valkey)
