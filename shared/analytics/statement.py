"""A question in SQL: sources that give sums for each group, joined into one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, get_args

from shared.analytics.dimensions import Dimension
from shared.analytics.filters import Filter
from shared.analytics.metrics import Count, Definition, Source

BUCKET: Final = "bucket"
_SQL: Final = {path.stem: path.read_text() for path in (Path(__file__).parent / "sources").glob("*.sql")}
# The moment by which a source's rows fall into buckets.
_MOMENT: Final[Mapping[Source, str]] = {
    "rolled_up": "traffic.bucket",
    "acted": "timestamp",
    "started": "started_at",
    "saw": "started_at",
}
_IN_VISITS: Final = """{events} join {visits}
    on visits.site_id = events.site_id and visits.visitor_id = events.visitor_id{same_kind}
        and timestamp between started_at and ended_at and started_at < :end and ended_at >= :start"""
_PEOPLE: Final = {"events": "events", "visits": "visits", "same_kind": "", "kind": ""}
# A visitor whom one header makes a bot and another does not has visits of both kinds, which may overlap.
_PEOPLE_AND_BOTS: Final = {
    "events": "(select *, false as bot from events union all select *, true from bot_events) as events",
    "visits": "(select *, false as bot from visits union all select *, true from bot_visits) as visits",
    "same_kind": " and events.bot = visits.bot",
    "kind": ", visits.bot",
}
_EVERY_BUCKET: Final = "generate_series(1, cardinality(cast(:starts as timestamptz[]))) as every (bucket)"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A query with its period resolved.

    ``bucket_starts`` is None without a time dimension. ``order_by`` names metrics, ``BUCKET`` or dimensions, and
    whether each descends. ``every_bucket`` (by time alone) keeps buckets in which nothing was counted. With ``bots``
    they are counted as people are.
    """

    site_id: int
    start: datetime
    end: datetime
    bucket_starts: Sequence[datetime] | None
    dimensions: Sequence[Dimension]
    filters: Sequence[Filter]
    metrics: Mapping[str, Definition]
    order_by: Sequence[tuple[str, bool]]
    every_bucket: bool
    total_rows: bool
    limit: int
    offset: int
    bots: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """The columns of ``answer`` by what they hold: the bucket, dimensions and metrics by their names."""
        return self.keys | {name: name for name in self.metrics}

    @property
    def keys(self) -> dict[str, str]:
        bucket = {} if self.bucket_starts is None else {BUCKET: BUCKET}
        return bucket | {dimension.name: f"key_{number}" for number, dimension in enumerate(self.dimensions, 1)}


def answer(question: Question) -> str:
    """The sources as common table expressions, and ``answer``: all rows, with keys and metrics as columns."""
    wanted = {column.source for metric in question.metrics.values() for column in metric.columns}
    sources = [source for source in get_args(Source) if source in wanted]
    parts = [f"{source} as ({_source(source, question)})" for source in sources]
    values = [f"{_value(metric)} as {name}" for name, metric in question.metrics.items()]
    columns = ", ".join([*question.keys.values(), *values])
    joined = _joined(sources, question)
    # Only names from this file and from the tables of dimensions and metrics are put into the text.
    rows = f"select {columns} from {joined} {_with_something(question)}"  # noqa: S608 -- see above
    return f"with {', '.join(parts)}, answer as ({rows})"


def order(question: Question) -> str:
    """What was asked for, then the keys, so that pages of results do not overlap."""
    descends = dict.fromkeys(question.keys, False) | dict(question.order_by)
    names = dict.fromkeys([*dict(question.order_by), *question.keys])
    sortable = question.columns | {each.name: f'{question.keys[each.name]} collate "C"' for each in question.dimensions}
    terms = [f"{sortable[name]} {'desc' if descends[name] else 'asc'}" for name in names]
    return f"order by {', '.join(terms)}" if terms else ""


def parameters(question: Question) -> dict[str, Any]:
    return {
        "site": question.site_id,
        "start": question.start,
        "end": question.end,
        "starts": list(question.bucket_starts or []),
        "limit": question.limit,
        "offset": question.offset,
        **{f"clauses_{number}": list(each.clauses) for number, each in enumerate(question.filters)},
    }


def _source(source: Source, question: Question) -> str:
    shown = {dimension.name: _shown(source, dimension) for dimension in question.dimensions}
    expressions = {BUCKET: f"width_bucket({_MOMENT[source]}, cast(:starts as timestamptz[]))", **shown}
    keys = question.keys
    numbers = [str(number) for number, _ in enumerate(keys, 1)]
    return _SQL[_variant(source, question)].format(
        keys="".join(f"{expressions[name]} as {column}, " for name, column in keys.items()),
        names="".join(f"{column}, " for column in keys.values()),
        numbers="".join(f"{number}, " for number in numbers),
        group=f"group by {', '.join(numbers)}" if keys else "",
        events=_events(question),
        just_events=_tables(question)["events"],
        visits=_tables(question)["visits"],
        same_kind=_tables(question)["same_kind"],
        kind=_tables(question)["kind"],
        dictionaries=_dictionaries(question),
        conditions="".join(f" and {condition}" for condition in _conditions(source, question)),
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


def _events(question: Question) -> str:
    """An event has its visit's dimensions: it is looked up only when one of them is asked for."""
    if any(dimension.of == "visit" for dimension in _all_dimensions(question)):
        return f"{_IN_VISITS.format(**_tables(question))} {_dictionaries(question)}"
    return _tables(question)["events"]


def _tables(question: Question) -> Mapping[str, str]:
    return _PEOPLE_AND_BOTS if question.bots else _PEOPLE


def _dictionaries(question: Question) -> str:
    """A visit that an earlier release stored has no number in them."""
    asked = dict.fromkeys(each.dictionary for each in _all_dimensions(question) if each.dictionary)
    return " ".join(
        f"left join {each.table} on {each.table}.site_id = visits.site_id and {each.table}.id = visits.{each.number}"
        for each in asked
    )


def _all_dimensions(question: Question) -> list[Dimension]:
    return [*question.dimensions, *(each.dimension for each in question.filters)]


def _conditions(source: Source, question: Question) -> list[str]:
    """Of the filters, and of dimensions whose rows without a value are left out."""
    left_out = [
        f"{_column(source, dimension)} not in ({_literals(dimension.blank)})"
        for dimension in question.dimensions
        if dimension.empty is None
    ]
    return left_out + [_condition(source, number, each) for number, each in enumerate(question.filters)]


def _condition(source: Source, number: int, asked: Filter) -> str:
    value, clauses = _shown(source, asked.dimension), f"cast(:clauses_{number} as text[])"
    conditions = {
        "is": f"{value} = any ({clauses})",
        "is_not": f"{value} <> all ({clauses})",
        "contains": f"exists (select from unnest({clauses}) as part where strpos({value}, part) > 0)",
        "contains_not": f"not exists (select from unnest({clauses}) as part where strpos({value}, part) > 0)",
    }
    return conditions[asked.operator]


def _shown(source: Source, dimension: Dimension) -> str:
    """The value as results show it and filters compare it."""
    column = _column(source, dimension)
    if dimension.empty is None:
        return column
    return f"case when {column} in ({_literals(dimension.blank)}) then {_literals([dimension.empty])} else {column} end"


def _column(source: Source, dimension: Dimension) -> str:
    if dimension.dictionary:
        return f"coalesce({dimension.dictionary.table}.{dimension.column}, '')"
    if dimension.of == "visit":
        return f"visits.{dimension.column}"
    return f"visits.{dimension.entry}" if source == "started" else f"events.{dimension.column}"


def _literals(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def _joined(sources: Sequence[Source], question: Question) -> str:
    if not question.keys:
        return " cross join ".join(sources)
    using = f"using ({', '.join(question.keys.values())})"
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
