"""Sites with events: the rows that ingest would have made of them are computed by ``reference`` and inserted."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pg8000.native import Connection

from shared.analytics.query import parse_query
from shared.analytics.stats import Site, answer, live_visitors
from shared.platform.postgres import Database
from tests.conftest import MigratedDatabase
from tests.integration.analytics.reference import Event, Visit, quarter, visits_of

INSERT = "insert into {table} select * from jsonb_populate_recordset(null::{table}, cast(:rows as jsonb))"


@dataclass
class Analytics:
    """Makes sites of one organisation and asks about them as the ``api`` function would."""

    owner: Database
    api: Database
    organisation: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        with self.owner.transaction([self.organisation]) as connection:
            connection.run("insert into organisations (id, name) values (:id, 'Test')", id=self.organisation)

    def site(self, timezone: str = "Etc/UTC", events: Iterable[Event] = ()) -> Site:
        domain = f"{uuid4()}.example"
        with self.owner.transaction([self.organisation]) as connection:
            [[number]] = connection.run(
                "insert into sites (organisation_id, name, domain, timezone) "
                "values (:organisation, 'Test', :domain, :timezone) returning id",
                organisation=self.organisation,
                domain=domain,
                timezone=timezone,
            )
            _store(connection, number, list(events))
        return Site(number, timezone, domain)

    def store(self, table: str, rows: list[dict[str, Any]]) -> None:
        with self.owner.transaction([self.organisation]) as connection:
            connection.run(INSERT.format(table=table), rows=json.dumps(rows, default=str))

    def ask(self, site: Site, now: datetime, /, **body: Any) -> dict[str, Any]:
        query = parse_query({"site_id": str(site.id), **body})
        with self.api.transaction([self.organisation]) as connection:
            return answer(connection, site, query, now)

    def rows(self, site: Site, now: datetime, /, **body: Any) -> list[tuple[list[str], list[float]]]:
        results = self.ask(site, now, **body)["results"]
        return [(row["dimensions"], row["metrics"]) for row in results]

    def live(self, site: Site, now: datetime) -> int:
        with self.api.transaction([self.organisation]) as connection:
            return live_visitors(connection, site, now)


@pytest.fixture
def analytics(migrated: MigratedDatabase) -> Analytics:
    return Analytics(migrated.database("p09_admin"), migrated.database("p09_api"))


def _store(connection: Connection, site: int, events: list[Event]) -> None:
    months = sorted({event.at.astimezone(UTC).date().replace(day=1) for event in events})
    if months:
        connection.run("select p09_ensure_event_months(cast(:months as date[]))", months=months)
    visits = visits_of(events)
    for table, rows in {
        "events": [_event_row(event) for event in events],
        "visits": [_visit_row(visit) for visit in visits],
        "traffic": _traffic_rows(events, visits),
    }.items():
        of_site = [{"site_id": site, **row} for row in rows]
        connection.run(INSERT.format(table=table), rows=json.dumps(of_site, default=str))


def _event_row(event: Event) -> dict[str, Any]:
    return {
        "timestamp": event.at,
        "id": event.id,
        "name": event.name,
        "visitor_id": event.visitor,
        "received_at": event.at,
        "page": event.page,
        "source": event.source,
        "country": event.country,
        **_PLACE,
    }


def _visit_row(visit: Visit) -> dict[str, Any]:
    return {
        "visitor_id": visit.first.visitor,
        "started_at": visit.first.at,
        "ended_at": visit.last.at,
        "first_event": visit.first.id,
        "last_event": visit.last.id,
        "entry_page": visit.first.page,
        "exit_page": visit.last.page,
        "events": visit.counted,
        "pageviews": visit.pageviews,
        "source": visit.first.source,
        "country": visit.first.country,
        **_PLACE,
    }


_PLACE = {"hostname": "", "referrer": ""}


def _traffic_rows(events: list[Event], visits: list[Visit]) -> list[dict[str, Any]]:
    sums: dict[datetime, Counter[str]] = defaultdict(Counter)
    for event in events:
        sums[quarter(event.at)].update(events=event.counts, pageviews=event.name == "pageview")
    for visit in visits:
        sums[quarter(visit.first.at)].update(
            visits=1,
            bounces=visit.bounced,
            visit_microseconds=visit.duration // timedelta(microseconds=1),
        )
    columns = ("events", "pageviews", "visits", "bounces", "visit_microseconds")
    return [
        {"bucket": bucket, **{column: int(counted[column]) for column in columns}} for bucket, counted in sums.items()
    ]
