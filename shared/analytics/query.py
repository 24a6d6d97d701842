"""The body of ``POST /v1/query``: Plausible's Stats API v2 so far as it is supported; the rest is refused."""

from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from shared.analytics.buckets import TIME_DIMENSIONS
from shared.analytics.date_range import DateRange, parse_date_range
from shared.analytics.dimensions import DIMENSIONS, Dimension, described
from shared.analytics.filters import MAX_CLAUSES, OPERATORS, Filter, parse_filter
from shared.analytics.refusal import QueryRefused, not_yet, problems, quoted, wrong, wrong_at

Metric = Literal["visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration", "views_per_visit"]
Direction = Literal["asc", "desc"]
METRICS: Final[tuple[str, ...]] = get_args(Metric)
TIMES: Final = ("time", *TIME_DIMENSIONS)
GROUPINGS: Final = (*TIMES, *DIMENSIONS)
MAX_LIMIT: Final = 10_000
MAX_OFFSET: Final = 10_000_000

_METRICS_TO_COME: Final = {
    "percentage", "conversion_rate", "group_conversion_rate", "average_revenue", "total_revenue",
    "scroll_depth", "time_on_page", "exit_rate",
}  # fmt: skip
_FILTERS: Final = (
    "Which events and visits count: all filters must hold. A filter is a list of an operator, a dimension and values, such as "
    '`["is", "event:page", ["/pricing"]]`. One on an event\'s dimension chooses events, one on a visit\'s dimension visits '
    "with all their events. It compares what results show, such as `Direct / None`; `contains` minds upper and lower case."
)


def _check_metric(value: object) -> object:
    if isinstance(value, str) and value in _METRICS_TO_COME:
        raise not_yet(value, f"ask for one of {', '.join(METRICS)}")
    if value not in METRICS:
        raise wrong(f"must be one of {', '.join(METRICS)}, not {quoted(value)}")
    return value


def _check_dimension(value: object) -> object:
    if value not in GROUPINGS:
        raise wrong(f"must be one of {', '.join(GROUPINGS)}, not {quoted(value)}")
    return value


def _check_distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise wrong("names something twice")
    return values


def _check_absent(value: object, field: ValidationInfo) -> object:
    if value not in (None, False):
        raise not_yet(f"include.{field.field_name}")
    return value


_NotYet = Annotated[Any, BeforeValidator(_check_absent)]


class Include(BaseModel):
    """What to add to the results.

    ``time_labels`` lists the labels of all buckets in ``meta``; ``empty_buckets`` (not in Plausible) makes a
    row of zeros for each bucket without a row; ``total_rows`` counts the rows of all pages in ``meta``; ``bots`` (not in
    Plausible) counts bots as visitors, whom ``meta`` tells apart otherwise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_labels: StrictBool = False
    empty_buckets: StrictBool = False
    total_rows: StrictBool = False
    bots: StrictBool = False
    imports: _NotYet = False
    compare: _NotYet = None
    comparisons: _NotYet = None


class Pagination(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[StrictInt, Field(ge=1, le=MAX_LIMIT)] = MAX_LIMIT
    offset: Annotated[StrictInt, Field(ge=0, le=MAX_OFFSET)] = 0


class Query(BaseModel):
    """A query that is right in itself; what depends on site and time is checked when it is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Query")

    site_id: Annotated[str, StringConstraints(pattern=r"^[!-~]+$", max_length=253)]
    metrics: Annotated[
        list[Annotated[Metric, BeforeValidator(_check_metric)]],
        Field(min_length=1, max_length=len(METRICS)),
        AfterValidator(_check_distinct),
    ]
    date_range: Annotated[
        DateRange,
        PlainValidator(parse_date_range),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "pattern": "^(day|24h|month|year|all|[1-9][0-9]{0,3}(d|mo))$"},
                    {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
                ],
                "examples": ["day", "30d", ["2026-01-01", "2026-01-31"]],
            }
        ),
    ]
    dimensions: Annotated[
        list[
            Annotated[
                str, BeforeValidator(_check_dimension), WithJsonSchema({"type": "string", "enum": list(GROUPINGS)})
            ]
        ],
        Field(max_length=len(GROUPINGS), description=f"By what the numbers are grouped.\n\n{described()}"),
        AfterValidator(_check_distinct),
    ] = []
    filters: Annotated[
        list[
            Annotated[
                Filter,
                PlainValidator(parse_filter),
                WithJsonSchema(
                    {
                        "type": "array",
                        "prefixItems": [
                            {"type": "string", "enum": list(OPERATORS)},
                            {"type": "string", "enum": list(DIMENSIONS)},
                            {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAX_CLAUSES},
                        ],
                        "minItems": 3,
                        "maxItems": 3,
                        "examples": [["is", "event:page", ["/pricing"]]],
                    }
                ),
            ]
        ],
        Field(max_length=10, description=_FILTERS),
    ] = []
    order_by: Annotated[list[tuple[str, Direction]], Field(max_length=len(METRICS) + len(GROUPINGS))] | None = None
    include: Include = Include()
    pagination: Pagination = Pagination()

    @property
    def time_dimension(self) -> str | None:
        return next((name for name in self.dimensions if name in TIMES), None)

    @property
    def breakdown(self) -> list[Dimension]:
        """The dimensions beside time, in the order in which they were asked for."""
        return [DIMENSIONS[name] for name in self.dimensions if name not in TIMES]

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        faults = [*self._faults_of_dimensions(), *self._faults_of_order(), *self._faults_of_include()]
        faults += self._faults_of_metrics()
        if faults:
            raise wrong_at(*faults)
        return self

    def _faults_of_metrics(self) -> list[tuple[tuple[str | int, ...], str]]:
        of_events = [each.dimension.name for each in self.filters if each.dimension.of == "event"]
        if not of_events or "views_per_visit" not in self.metrics:
            return []
        place = ("metrics", self.metrics.index("views_per_visit"))
        return [(place, f"views_per_visit can't be asked for with a filter on {of_events[0]}")]

    def _faults_of_dimensions(self) -> list[tuple[tuple[str | int, ...], str]]:
        times = [index for index, name in enumerate(self.dimensions) if name in TIMES]
        return [(("dimensions", index), "there can be one time dimension only") for index in times[1:]]

    def _faults_of_order(self) -> list[tuple[tuple[str | int, ...], str]]:
        known = [*self.metrics, *self.dimensions]
        return [
            (
                ("order_by", index, 0),
                f"must be one of the query's metrics or dimensions ({', '.join(known)}), not {quoted(name)}",
            )
            for index, (name, _) in enumerate(self.order_by or [])
            if name not in known
        ]

    def _faults_of_include(self) -> list[tuple[tuple[str | int, ...], str]]:
        faults: list[tuple[tuple[str | int, ...], str]] = []
        if self.include.time_labels and self.time_dimension is None:
            faults.append((("include", "time_labels"), "needs a time dimension"))
        if self.include.empty_buckets and (self.time_dimension is None or len(self.dimensions) > 1):
            faults.append((("include", "empty_buckets"), "needs a time dimension, and no other one"))
        return faults


def parse_query(body: object) -> Query:
    """Read a request's body (as JSON was parsed). Raises ``QueryRefused`` with every problem found."""
    try:
        return Query.model_validate(body)
    except ValidationError as error:
        raise QueryRefused(*problems(error.errors(include_url=False, include_input=False))) from error
