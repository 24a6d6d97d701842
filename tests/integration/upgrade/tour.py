"""Everything that people and functions do with PostgreSQL, once: what is recorded of a release."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.collection.entry import Entry
from shared.collection.event import validate
from shared.collection.rows import MORE_COLUMNS, Arrival, copy_rows
from shared.collection.stream import append
from shared.credentials.lease import Lease, new_id
from shared.credentials.roles import close_role, drop_role, make_role, terminate_sessions
from shared.platform.secret import Secret
from tests.integration.api.conftest import Api

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 "
    "Safari/604.1"
)
DAYS = [f"2026-03-0{day}" for day in (1, 2, 3)]
EVENTS = [
    {"id": f"0000000{n}-0000-4000-8000-000000000000", "name": name, "timestamp": f"2026-03-0{day}T10:{minute}:00Z",
     "visitor_id": visitor, "url": f"https://shop.example/{page}", "referrer": "https://news.example/"}
    for n, (name, day, minute, visitor, page) in enumerate([
        ("pageview", 1, "00", "one", ""), ("pageview", 1, "10", "one", "pricing"), ("signup", 1, "11", "one", "pricing"),
        ("pageview", 2, "00", "two", ""), ("pageview", 3, "59", "one", "docs"),
    ])
]  # fmt: skip
QUERIES: list[dict[str, Any]] = [
    {"metrics": ["visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration", "views_per_visit"]},
    {"metrics": ["visitors", "pageviews"], "dimensions": ["time:day"]},
    {"metrics": ["visitors", "events"], "dimensions": ["event:page"]},
    {"metrics": ["visitors"], "filters": [["is", "event:page", ["/pricing"]]]},
    {
        "metrics": ["visitors", "visits"],
        "dimensions": ["visit:source"],
        "filters": [["is", "event:page", ["/pricing"]]],
    },
    {"metrics": ["visitors", "visits"], "dimensions": ["visit:utm_campaign", "visit:city", "visit:browser"]},
]


def take_tour(api: Api) -> None:
    """``api`` has a site of Ada's already: its making is part of what is recorded. What a release does not know, it refuses."""
    organisation, site = f"/v1/organisations/{api.organisation_id}", f"/v1/sites/{api.site_id}"
    # The second part repeats an event of the first, and one comes before those that were stored already.
    for part in (EVENTS[1:4], [EVENTS[3], EVENTS[4]], EVENTS[:1]):
        assert api.send(*part).status_code == 202
        api.drain()
    _visitors_of_their_own(api)
    for query in QUERIES:
        assert api.query(date_range=[DAYS[0], DAYS[-1]], **query).status_code == 200
    _people(api, organisation)
    _keys(api, site)
    _temporary_role(api)
    for path in ("/health/db", "/v1/organisations", "/v1/sites", f"{site}/live", f"{site}/keys", f"{organisation}/members",
                 f"{organisation}/invitations", f"{organisation}/audit", "/v1/audit/verification?organisation_id="
                 + api.organisation_id):  # fmt: skip
        api.as_person("GET", path)
    api.call("POST", "/api/event", json={"name": "pageview", "url": "https://shop.example/", "domain": "shop.example"})
    api.drain()


def _visitors_of_their_own(api: Api) -> None:
    """A person on a telephone, a bot, and one of whom the site wants to know nothing."""
    told = dict.fromkeys(MORE_COLUMNS, "") | {
        "user_agent": PHONE, "city": "Bern", "utm_campaign": "autumn", "interactive": "t", "engaged": "\\N", "scroll": "\\N",
        "amount": "12.50", "currency": "CHF",
    }  # fmt: skip
    site = int(api.site_id)
    events = [
        EVENTS[3] | {"id": f"0000001{n}-0000-4000-8000-000000000000", "visitor_id": f"number {n}"} for n in range(3)
    ]
    arrival = Arrival(site_id=site, received_at=datetime(2026, 3, 2, 10, tzinfo=UTC), visitor_id=0)
    more = [told, told | {"user_agent": "curl/8.5.0"}, told | {"excluded": "country"}]
    entry = Entry(
        site_id=site,
        organisation=UUID(api.organisation_id),
        events=len(events),
        rows=b"".join(copy_rows(validate([event], arrival.received_at)[0][0][1:], arrival) for event in events),
        more="".join("\t".join(one.values()) + "\n" for one in more).encode(),
    )
    append(api.services.valkey, entry)
    api.drain()


def _people(api: Api, organisation: str) -> None:
    made = api.as_person("POST", f"{organisation}/invitations", json={"role": "viewer", "label": "Bob"})
    if made.status_code != 201:
        api.as_person("POST", f"{organisation}/members", json={"subject": "bob", "role": "viewer"})
        return
    api.as_person("POST", "/v1/invitations/acceptance", subject="bob", json={"token": made.json()["token"]})
    api.as_person("PUT", f"{organisation}/members/bob", json={"role": "editor"})
    api.as_person("DELETE", f"{organisation}/members/bob")
    withdrawn = api.as_person("POST", f"{organisation}/invitations", json={"role": "owner", "label": "Dee"}).json()
    api.as_person("DELETE", f"{organisation}/invitations/{withdrawn['id']}")


def _keys(api: Api, site: str) -> None:
    for kind in ("read", "ingest"):
        key = api.as_person("POST", f"{site}/keys", json={"kind": kind}).json()
        api.as_person("POST", f"{site}/keys/{key['key_id']}/rotation", json={"overlap_seconds": 3600})
        api.as_person("DELETE", f"{site}/keys/{key['key_id']}")


def _temporary_role(api: Api) -> None:
    now = datetime.now(UTC)
    lease = Lease(
        id=new_id(now), by="dee", subject="dee", reason="look into slow query 7", access="write",
        issued_at=now, expires_at=now + timedelta(hours=1),
    )  # fmt: skip
    with api.services.database.transaction() as connection:
        make_role(connection, lease, Secret("a password of its own"))
    for act in (close_role, terminate_sessions, drop_role):
        with api.services.database.transaction() as connection:
            act(connection, lease.role)
