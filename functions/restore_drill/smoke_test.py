"""The application's own code against a restored database: as its own role, by its own queries."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pg8000.exceptions import DatabaseError

from shared.analytics.query import parse_query
from shared.analytics.stats import Site, answer
from shared.backups.drill import StepFailed
from shared.identity.tenants import sites

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database

BUSIEST: Final = """
    select s.id, s.organisation_id, s.domain, s.timezone, max(t.bucket) from traffic t join sites s on s.id = t.site_id
    group by s.id order by sum(t.events) desc limit 1
"""


def smoke_test(application: "Database", proof: "Connection") -> Mapping[str, Any]:
    """Raises StepFailed when the application can't answer, and ``PostgresUnavailable``.

    Parameters
    ----------
    application
        the restored database as the API's role
    proof
        the same as who reads everything, to choose a site that has something to answer
    """
    try:
        return _checks(application, proof)
    except DatabaseError as error:
        raise StepFailed(f"The application can't work with the restored database: {error}") from error


def _checks(application: "Database", proof: "Connection") -> Mapping[str, Any]:
    with application.transaction() as connection:
        if (seen := connection.run("select count(*) from sites")) != [[0]]:
            raise StepFailed(f"Row-level security does not hold: {seen[0][0]} sites are seen on behalf of nobody.")
    busiest = proof.run(BUSIEST)
    if not busiest:
        return {"health": "ok", "tenancy": "ok", "query": "there is no traffic to ask for"}
    site, organisation, domain, timezone, newest = busiest[0]
    return {"health": "ok", "tenancy": "ok", **_query(application, Site(site, timezone, domain), organisation, newest)}


def _query(application: "Database", site: "Site", organisation: UUID, newest: datetime) -> Mapping[str, Any]:
    day = newest.astimezone(UTC).date().isoformat()
    asked = parse_query({"site_id": site.domain, "metrics": ["visitors", "pageviews"], "date_range": [day, day]})
    with application.transaction([organisation]) as connection:
        if not any(found.id == site.id for found in sites(connection)):
            raise StepFailed(f"The site {site.domain} is not among those of its own organisation.")
        found = answer(connection, site, asked, newest)
    return {"query": found["query"], "results": found["results"]}
