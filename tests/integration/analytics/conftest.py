"""Sites with events: the rows that ingest would have made of them are computed by ``reference`` and inserted."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
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

    def add_bots(self, site: Site, events: list[Event]) -> None:
        nothing: dict[str, list[str]] = {table: [told(event) for event in events] for table, told in _TOLD.items()}
        visits = [_visit_row(visit, nothing) for visit in visits_of(events)]
        self.store("bot_events", [{"site_id": site.id, **_event_row(event)} for event in events])
        self.store("bot_visits", [{"site_id": site.id, **visit} for visit in visits])

    def store(self, table: str, rows: list[dict[str, Any]]) -> None:
        with self.owner.transaction([self.organisation]) as connection:
            connection.run(INSERT.format(table=table), rows=json.dumps(rows, default=str))

    def ask(self, site: Site, now: datetime, /, **body: Any) -> dict[str, Any]:
        query = parse_query({"site_id": str(site.id), **body})
        with self.api.transaction([self.organisation]) as connection:
            return dict(answer(connection, site, query, now))

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
    made_of = {table: list(dict.fromkeys(told(visit.entry) for visit in visits)) for table, told in _TOLD.items()}
    for table, rows in {
        **{
            table: [_meaning_row(table, told, number) for number, told in enumerate(all_told)]
            for table, all_told in made_of.items()
        },
        "events": [_event_row(event) for event in events],
        "visits": [_visit_row(visit, made_of) for visit in visits],
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
        "interactive": event.interactive,
        "currency": "",
        "title": "",
        **_PLACE,
    }


_TOLD: dict[str, Callable[[Event], str]] = {
    "acquisitions": lambda event: event.campaign,
    "places": lambda event: event.city,
    "devices": lambda event: event.browser,
}
_COLUMNS = {
    "acquisitions": (
        "utm_campaign",
        "source",
        "channel",
        "referrer",
        "utm_source",
        "utm_medium",
        "utm_content",
        "utm_term",
        "click_id",
    ),
    "places": ("city", "country", "region"),
    "devices": ("browser", "browser_version", "system", "system_version", "device", "screen", "language"),
}


def _meaning_row(table: str, told: str, number: int) -> dict[str, Any]:
    return {**dict.fromkeys(_COLUMNS[table], ""), _COLUMNS[table][0]: told, "id": number, "digest": UUID(int=number)}


def _visit_row(visit: Visit, made_of: dict[str, list[str]]) -> dict[str, Any]:
    numbers = {table: made_of[table].index(told(visit.entry)) for table, told in _TOLD.items()}
    return {
        "visitor_id": visit.first.visitor,
        "started_at": visit.first.at,
        "ended_at": visit.last.at,
        "first_event": visit.first.id,
        "last_event": visit.last.id,
        "entry_page": visit.entry.page,
        "exit_page": visit.exit.page,
        "acquisition": numbers["acquisitions"],
        "place": numbers["places"],
        "device": numbers["devices"],
        "exit_hostname": "",
        "interactive": visit.interactive,
        "events": visit.counted,
        "pageviews": visit.pageviews,
        "source": visit.entry.source,
        "country": visit.entry.country,
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
