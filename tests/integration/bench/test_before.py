"""The queries of commit a24018d, with which later ones are compared, still run on the schema and still count."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.state import ROOT
from shared.collection.event import Event
from tests.pipeline import Pipeline

QUERIES = sorted((ROOT / "bench" / "before").glob("*.sql"))
DAY = datetime(2026, 3, 1, tzinfo=UTC)
PARAMETERS: dict[str, Any] = {
    "start": DAY, "end": DAY + timedelta(days=2), "starts": [DAY, DAY + timedelta(days=1)],
    "limit": 10, "offset": 0, "clauses_0": ["/pricing"],
}  # fmt: skip
COUNTED = {
    "totals": [[2, 2, 3, 1.5 * 100, 50, 30]],
    "series": [[1, 2, 2, 3, 150, 50, 30]],
    "pages": [["/", 2, 2, 2], ["/pricing", 1, 1, 2]],
    "filtered_totals": [[1, 1, 1, 0, 60]],
    "filtered_series": [[1, 1, 1, 1, 0, 60]],
    "filtered_pages": [["/pricing", 1, 1, 1]],
}


def pageview(visitor: str, minute: int, page: str) -> Event:
    return {
        "id": str(uuid4()), "name": "pageview", "timestamp": DAY + timedelta(hours=9, minutes=minute),
        "visitor_id": visitor, "url": f"https://shop.example{page}",
    }  # fmt: skip


@pytest.mark.parametrize("query", QUERIES, ids=lambda file: file.stem)
def test_a_query_of_a24018d_still_counts(pipeline: Pipeline, query: Path) -> None:
    pipeline.send(pageview("stays", 0, "/"), pageview("stays", 1, "/pricing"), pageview("bounces", 2, "/"))
    pipeline.drain()
    with pipeline.api.transaction([pipeline.site.organisation]) as connection:
        rows = connection.run(query.read_text(), site=pipeline.site.id, **PARAMETERS)
    assert [list(row) for row in rows] == COUNTED[query.stem]
