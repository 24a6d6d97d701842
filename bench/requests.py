"""What rows ask our functions for, as API Gateway hands it to them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench.http_event import http_event
from bench.servers import Site
from bench.shapes import BATCH, SHAPES, bodies
from bench.traffic import page_views

HEALTH: Final = http_event("GET", "/health")


def batches(write_key: str, count: int) -> Iterator[dict[str, Any]]:
    """Requests with a batch of events each."""
    views = list(page_views(count * BATCH, end=datetime.now(UTC), span=timedelta(minutes=5)))
    found = bodies(SHAPES["p09-batch"], views, "")
    for _ in range(count):
        yield http_event("POST", "/v1/events", body=next(found), token=write_key)


def query(site: Site, days: int) -> dict[str, Any]:
    asked = {
        "site_id": str(site.id),
        "metrics": ["visitors", "pageviews"],
        "date_range": f"{days}d",
        "dimensions": ["time:day"],
    }
    return http_event("POST", "/v1/query", body=json.dumps(asked).encode(), token=site.read_key)
