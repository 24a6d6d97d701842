"""Counters in Valkey, so that `/metrics` says the same from whichever Lambda environment answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from shared.platform.postgres import Database  # the API reads counters only: it must not wait for pg8000
    from shared.platform.valkey import Valkey

SITE_TOTALS: Final = {
    "events": "{ingest}:site_events",
    "pageviews": "{ingest}:site_pageviews",
    "visits": "{ingest}:site_visits",
}

_TOTALS: Final = """
select site_id, sum(events)::bigint, sum(pageviews)::bigint, sum(visits)::bigint
from traffic where site_id = any(:sites) group by site_id
"""


def publish_site_totals(valkey: "Valkey", database: "Database", sites: Mapping[int, UUID]) -> None:
    """Copy totals of sites (id → organisation) from the roll-ups.

    A counter must not go down: when a late event merges two visits, the counter waits until the next visit.
    """
    if not sites:
        return
    with database.transaction(set(sites.values())) as connection:
        totals = connection.run(_TOTALS, sites=list(sites))
    if not totals:
        return  # of these sites nothing was stored but what bots did
    ids = [site for site, *_ in totals]
    before = valkey.pipeline([("HMGET", key, *ids) for key in SITE_TOTALS.values()])
    after = [[row[column] for row in totals] for column in (1, 2, 3)]
    valkey.pipeline(
        [
            (
                "HSET",
                key,
                *_pairs(ids, [max(int(old or 0), new) for old, new in zip(olds, news, strict=True)]),
            )
            for key, olds, news in zip(SITE_TOTALS.values(), before, after, strict=True)
        ]
    )


def _pairs(ids: list[int], values: list[int]) -> list[int]:
    return [number for pair in zip(ids, values, strict=True) for number in pair]
