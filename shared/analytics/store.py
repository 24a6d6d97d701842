"""The queries of ``stats``, asked of PostgreSQL."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.analytics.statement import Question, answer, order, parameters

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.analytics.view import KeptApart


def fetch(connection: "Connection", question: Question) -> tuple[list[dict[str, Any]], int]:
    """The rows of a page of results, each by names of keys and metrics, and the number of all rows.

    ``BUCKET`` counts from 1; ratios are whole, before ``shown_per``; the number is 0 unless asked for.
    """
    rows_of_all, values = answer(question), parameters(question)
    columns = ", ".join([*question.columns.values(), *["(select count(*) from answer)"] * question.total_rows])
    page = f"select {columns} from answer {order(question)} limit :limit offset :offset"
    rows = connection.run(f"{rows_of_all} {page}", **values)
    total = rows[0][-1] if question.total_rows and rows else 0
    if question.total_rows and not rows:  # nothing on this page, perhaps because it lies behind the last one
        [[total]] = connection.run(f"{rows_of_all} select count(*) from answer", **values)
    return [dict(zip(question.columns, row, strict=False)) for row in rows], total


def first_quarter(connection: "Connection", site_id: int) -> datetime | None:
    """The quarter of an hour of a site's first event."""
    first: datetime | None
    [[first]] = connection.run("select min(bucket) from traffic where site_id = :site", site=site_id)
    return first


def kept_apart(connection: "Connection", site_id: int, since: datetime, until: datetime) -> "KeptApart":
    """Bots and excluded events from ``since`` to ``until`` (not included): in no other number."""
    [[visitors, events]] = connection.run(
        "select count(distinct visitor_id), count(*) from bot_events "
        "where site_id = :site and timestamp >= :since and timestamp < :until and name <> 'engagement'",
        site=site_id,
        since=since,
        until=until,
    )
    excluded = connection.run(
        "select reason, sum(events)::bigint from exclusions "
        "where site_id = :site and bucket >= date_bin('15 minutes', cast(:since as timestamptz), 'epoch') and bucket < :until "
        "group by reason order by reason",
        site=site_id,
        since=since,
        until=until,
    )
    return {"bots": {"visitors": visitors, "events": events}, "excluded": dict(map(tuple, excluded))}


def visitors_between(connection: "Connection", site_id: int, since: datetime, until: datetime) -> int:
    """Visitors with an event from ``since`` to ``until``, both included."""
    [[visitors]] = connection.run(
        "select count(distinct visitor_id) from events "
        "where site_id = :site and timestamp >= :since and timestamp <= :until",
        site=site_id,
        since=since,
        until=until,
    )
    return int(visitors)
