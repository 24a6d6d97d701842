"""The queries of ``stats`` in SQL: sources that give sums for each group, joined into one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from shared.analytics.filters import PageFilter
from shared.analytics.metrics import Count, Definition, Source

if TYPE_CHECKING:
    from pg8000.native import Connection

_SQL: Final = {path.stem: path.read_text() for path in (Path(__file__).parent / "sources").glob("*.sql")}
# The moment by which a source's rows fall into buckets, and the page by which they are grouped and filtered.
_MOMENT: Final[Mapping[Source, str]] = {
    "rolled_up": "traffic.bucket",
    "acted": "timestamp",
    "started": "started_at",
    "entered": "started_at",
    "saw": "started_at",
}
_PAGE: Final[Mapping[Source, str]] = {"acted": "page", "entered": "entry_page", "saw": "page"}
_EVERY_BUCKET: Final = "generate_series(1, cardinality(cast(:starts as timestamptz[]))) as every (bucket)"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A query with its period resolved.

    ``bucket_starts`` is None without a time dimension. ``order_by`` names metrics, "bucket" or "page", and
    whether each descends. ``every_bucket`` (by time alone) keeps buckets in which nothing was counted.
    """

    site_id: int
    start: datetime
    end: datetime
    bucket_starts: Sequence[datetime] | None
    by_page: bool
    filters: Sequence[PageFilter]
    metrics: Mapping[str, Definition]
    order_by: Sequence[tuple[str, bool]]
    every_bucket: bool
    total_rows: bool
    limit: int
    offset: int

    @property
    def keys(self) -> list[str]:
        return ["bucket"] * (self.bucket_starts is not None) + ["page"] * self.by_page


def fetch(connection: "Connection", question: Question) -> tuple[list[dict[str, Any]], int]:
    """The rows of a page of results, each by names of keys and metrics, and the number of all rows.

    ``bucket`` counts from 1; ratios are whole, before ``shown_per``; the number is 0 unless asked for.
    """
    answer = _answer(question)
    parameters = _parameters(question)
    names = [*question.keys, *question.metrics]
    columns = ", ".join(names + ["(select count(*) from answer)"] * question.total_rows)
    page = f"select {columns} from answer {_order(question)} limit :limit offset :offset"
    rows = connection.run(f"{answer} {page}", **parameters)
    total = rows[0][-1] if question.total_rows and rows else 0
    if question.total_rows and not rows:  # nothing on this page, perhaps because it lies behind the last one
        [[total]] = connection.run(answer + " select count(*) from answer", **parameters)
    return [dict(zip(names, row, strict=False)) for row in rows], total


def first_quarter(connection: "Connection", site_id: int) -> datetime | None:
    """The quarter of an hour of a site's first event."""
    first: datetime | None
    [[first]] = connection.run("select min(bucket) from traffic where site_id = :site", site=site_id)
    return first


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


def _answer(question: Question) -> str:
    """The sources as common table expressions, and ``answer``: all rows, with keys and metrics as columns."""
    wanted = {column.source for metric in question.metrics.values() for column in metric.columns}
    sources = [source for source in get_args(Source) if source in wanted]
    parts = [f"{source} as ({_source(source, question)})" for source in sources]
    values = [f"{_value(metric)} as {name}" for name, metric in question.metrics.items()]
    columns = ", ".join([*question.keys, *values])
    rows = f"select {columns} from {_joined(sources, question)} {_with_something(question)}"
    return f"with {', '.join(parts)}, answer as ({rows})"


def _source(source: Source, question: Question) -> str:
    expressions = {
        "bucket": f"width_bucket({_MOMENT[source]}, cast(:starts as timestamptz[]))",
        "page": _PAGE.get(source),
    }
    keys = question.keys
    numbers = [str(number) for number, _ in enumerate(keys, 1)]
    return _SQL[_variant(source, question)].format(
        keys="".join(f"{expressions[key]} as {key}, " for key in keys),
        names="".join(f"{key}, " for key in keys),
        numbers="".join(f"{number}, " for number in numbers),
        group=f"group by {', '.join(numbers)}" if keys else "",
        pages=_on_pages(_PAGE[source], question) if source in _PAGE else "",
    )


def _variant(source: Source, question: Question) -> str:
    """Who acted is dear to know: a query that does not ask for visitors, or only for them, costs less."""
    if source != "acted":
        return source
    wanted = {
        column.name for metric in question.metrics.values() for column in metric.columns if column.source == source
    }
    if wanted == {"visitors"}:
        return "acted_visitors"
    return "acted" if "visitors" in wanted else "acted_events"


def _on_pages(page: str, question: Question) -> str:
    """The condition of the filters; by page, an event without an address is on none of them."""
    conditions = [f"{page} <> ''"] * question.by_page
    for number, page_filter in enumerate(question.filters):
        clauses = f"cast(:clauses_{number} as text[])"
        if page_filter.operator == "is":
            conditions.append(f"{page} = any ({clauses})")
        else:
            conditions.append(f"exists (select from unnest({clauses}) as part where strpos({page}, part) > 0)")
    return "".join(f" and {condition}" for condition in conditions)


def _joined(sources: Sequence[Source], question: Question) -> str:
    if not question.keys:
        return " cross join ".join(sources)
    using = f"using ({', '.join(question.keys)})"
    if question.every_bucket:
        return " ".join([_EVERY_BUCKET, *(f"left join {source} {using}" for source in sources)])
    first, *others = sources
    return " ".join([first, *(f"full join {source} {using}" for source in others)])


def _value(metric: Definition) -> str:
    if isinstance(metric, Count):
        return f"coalesce({metric.column.source}.{metric.column.name}, 0)"
    part = f"({metric.factor} * coalesce({metric.part.source}.{metric.part.name}, 0))"
    per = f"({metric.unit} * {metric.per.source}.{metric.per.name})"
    up = f"2 * ({part} % {per}) > {per} or 2 * ({part} % {per}) = {per} and {part} / {per} % 2 = 1"
    return f"case when {per} > 0 then {part} / {per} + case when {up} then 1 else 0 end else 0 end"


def _with_something(question: Question) -> str:
    """A group in which nothing was counted that was asked for has no row; the total always has one."""
    if not question.keys or question.every_bucket:
        return ""
    counted = {f"{metric.counted.source}.{metric.counted.name} > 0" for metric in question.metrics.values()}
    return f"where {' or '.join(sorted(counted))}"


def _order(question: Question) -> str:
    """What was asked for, then the keys, so that pages of results do not overlap."""
    order = dict.fromkeys(question.keys, False) | dict(question.order_by)
    names = [*dict(question.order_by), *question.keys]
    terms = [f"{_sortable(name)} {'desc' if order[name] else 'asc'}" for name in dict.fromkeys(names)]
    return f"order by {', '.join(terms)}" if terms else ""


def _sortable(name: str) -> str:
    return 'page collate "C"' if name == "page" else name


def _parameters(question: Question) -> dict[str, Any]:
    return {
        "site": question.site_id,
        "start": question.start,
        "end": question.end,
        "starts": list(question.bucket_starts or []),
        "limit": question.limit,
        "offset": question.offset,
        **{f"clauses_{number}": list(each.clauses) for number, each in enumerate(question.filters)},
    }
