"""What requests share beyond what every HTTP function has."""

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request

from functions.api.settings import Settings
from shared.http.origin_proof import OriginProof
from shared.http.people import PeopleServices
from shared.http.wake import wake
from shared.platform import wiring
from shared.platform.settings import aws_settings
from shared.platform.valkey import Valkey

if TYPE_CHECKING:
    from shared.accounts.store import AccountStore
    from shared.audit.anchors import AnchorStore
    from shared.backups.store import DrillStore
    from shared.calendar.store import CalendarStore
    from shared.changes.store import ChangeStore
    from shared.changes.waits import WaitStore
    from shared.communication.store import AnnouncementStore
    from shared.credentials.credentials import DatabaseCredentials
    from shared.credentials.store import LeaseStore
    from shared.delivery.snapshot_store import SnapshotStore
    from shared.incidents.review_store import ReviewStore
    from shared.incidents.rules import Rules
    from shared.incidents.store import IncidentStore
    from shared.kpi.counted import Counted
    from shared.kpi.store import KpiStore
    from shared.platform.aws.dynamodb import Table
    from shared.platform.aws.secrets import SecretVersions
    from shared.platform.postgres import Database
    from shared.runbook.store import RunStore

HEALTH_SECONDS: Final = 2.0


class Services(PeopleServices):
    """The servers that the API works with."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, "api")
        self.settings = settings

    @cached_property
    def health_database(self) -> "Database":
        """A connection of its own, whose waits are short: a health check has to answer while the server hangs."""
        return self.connect(HEALTH_SECONDS, "health")

    @cached_property
    def health_valkey(self) -> Valkey:
        return wiring.valkey(self.settings, timeout=HEALTH_SECONDS)

    @cached_property
    def origin_proof(self) -> OriginProof:
        return OriginProof.by_secret(self.settings.origin_secret_arn)

    @cached_property
    def operations(self) -> "Table":
        """What operations need while PostgreSQL and Valkey are down."""
        from functions.api.audited_table import AuditedTable
        from shared.platform.aws.dynamodb import signed_call

        return AuditedTable(signed_call(aws_settings), self.settings.operations_table_name)

    @cached_property
    def accounts(self) -> "AccountStore":
        from shared.accounts.store import AccountStore

        return AccountStore(self.operations)

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
    def kpis(self) -> "KpiStore":
        from shared.kpi.store import KpiStore  # the runbook's model comes with it: only who asks for KPIs waits

        return KpiStore(self.operations)

    @cached_property
    def counted(self) -> "Counted":
        from shared.kpi.counted import Counted

        return Counted(self.kpis.counted_days)

    @cached_property
    def runs(self) -> "RunStore":
        from shared.runbook.store import RunStore

        return RunStore(self.operations)

    @cached_property
    def load_snapshots(self) -> "SnapshotStore":
        from shared.delivery.snapshot_store import SnapshotStore

        return SnapshotStore(self.operations)

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

    def wake(self) -> None:
        wake(self.settings.event_bus_name, self.valkey)


async def services(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


ServicesOf = Annotated[Services, Depends(services)]
