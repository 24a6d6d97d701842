"""Events to send, and the number to wait for."""

import secrets
from typing import Any

from local.api import Api
from local.customers import SiteAccess
from tests.e2e.local_system import until


def pageviews(site: SiteAccess, count: int) -> dict[str, list[dict[str, Any]]]:
    return {
        "events": [
            {
                "id": secrets.token_hex(16),
                "name": "pageview",
                "visitor_id": f"visitor {number}",
                "url": f"https://{site.domain}/page",
            }
            for number in range(count)
        ]
    }


def send(writer: Api, batch: dict[str, list[dict[str, Any]]]) -> None:
    """Send as clients do: again, with the same ids, while the answer is 503."""

    def accepted() -> bool:
        answer = writer.raw("POST", "/v1/events", json=batch)
        assert answer.status_code in {202, 502, 503}, answer.text
        return answer.status_code == 202

    until(accepted, "the events accepted", 60)


def count(reader: Api, site: SiteAccess, metric: str = "pageviews") -> int:
    """The number, now; environments that had a connection to a killed server say 503 once."""
    query = {"site_id": site.site_id, "metrics": [metric], "date_range": "all"}
    answers = []

    def answered() -> bool:
        answers.append(reader.raw("POST", "/v1/query", json=query))
        assert answers[-1].status_code in {200, 502, 503}, answers[-1].text
        return answers[-1].is_success

    until(answered, "an answer to a query")
    rows = answers[-1].json()["results"]
    return int(rows[0]["metrics"][0]) if rows else 0


def wait_for_count(reader: Api, site: SiteAccess, expected: int) -> None:
    until(lambda: count(reader, site) == expected, f"{expected} page views in a query")
