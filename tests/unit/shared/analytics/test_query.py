import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.dimensions import DIMENSIONS
from shared.analytics.filters import Filter
from shared.analytics.query import GROUPINGS, METRICS, Query, parse_query
from shared.analytics.refusal import QueryRefused

SMALLEST: dict[str, Any] = {"site_id": "1", "metrics": ["visitors"], "date_range": "7d"}


def refusal_of(body: object) -> dict[str, str]:
    with pytest.raises(QueryRefused) as refusal:
        parse_query(body)
    return {problem.pointer: problem.detail for problem in refusal.value.problems}


def test_the_smallest_query_has_plausibles_defaults() -> None:
    query = parse_query(SMALLEST)

    assert (query.dimensions, query.filters, query.order_by) == ([], [], None)
    assert (query.pagination.limit, query.pagination.offset) == (10_000, 0)
    assert [name for name, value in query.include if value] == []


def test_every_field_is_read() -> None:
    query = parse_query(
        {
            "site_id": "1",
            "metrics": list(METRICS[:-1]),
            "date_range": ["2026-01-01", "2026-01-31"],
            "dimensions": ["time:day", "event:page"],
            "filters": [["is", "event:page", ["/a", "/b"]], ["contains", "event:page", ["%"]]],
            "order_by": [["event:page", "desc"], ["visitors", "asc"]],
            "include": {"time_labels": True, "total_rows": True, "imports": False},
            "pagination": {"limit": 1, "offset": 10},
        }
    )

    assert query.time_dimension == "time:day"
    page = DIMENSIONS["event:page"]
    assert query.breakdown == [page]
    assert query.filters == [Filter(page, "is", ("/a", "/b")), Filter(page, "contains", ("%",))]
    assert query.order_by == [("event:page", "desc"), ("visitors", "asc")]
    assert query.include.total_rows
    assert query.pagination.limit == 1


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"site_id": 1}, "#/site_id", "should be a valid string"),
        ({"site_id": "a b"}, "#/site_id", "should match pattern"),
        ({"site_id": "\ud800"}, "#/site_id", "should be a valid string"),
        ({"metrics": "visitors"}, "#/metrics", "should be a valid list"),
        ({"metrics": []}, "#/metrics", "at least 1 item"),
        ({"metrics": ["visitors", "visitors"]}, "#/metrics", "names something twice"),
        ({"metrics": ["visitors"] * 8}, "#/metrics", "at most 7 items"),
        (
            {"metrics": ["visits", "visitor"]},
            "#/metrics/1",
            'must be one of visitors, visits, pageviews, events, bounce_rate, visit_duration, views_per_visit, not "visitor"',
        ),
        ({"metrics": ["percentage"]}, "#/metrics/0", "percentage is not supported yet"),
        ({"metrics": [["visitors"]]}, "#/metrics/0", "must be one of"),
        ({"date_range": "5y"}, "#/date_range", 'must be "day"'),
        ({"date_range": ["2026-01-02", "2026-01-01"]}, "#/date_range", "ends before it begins"),
        (
            {"dimensions": ["visit:citty"]},
            "#/dimensions/0",
            f'must be one of {", ".join(GROUPINGS)}, not "visit:citty"',
        ),
        ({"dimensions": ["event:props:a\ud800"]}, "#/dimensions/0", 'not "event:props:a\\ud800"'),
        ({"dimensions": ["time:day", "time:hour"]}, "#/dimensions/1", "one time dimension only"),
        ({"dimensions": ["time:day", "time:day"]}, "#/dimensions", "names something twice"),
        ({"dimensions": None}, "#/dimensions", "should be a valid list"),
        (
            {"dimensions": ["time:day", "event:page", "time:hour"]},
            "#/dimensions/2",
            "one time dimension only",
        ),
        ({"filters": [["matches", "event:page", ["/"]]]}, "#/filters/0", "operator matches is not supported yet"),
        ({"filters": [["and", []]]}, "#/filters/0", "operator and is not supported yet"),
        (
            {"filters": [["like", "event:page", ["/"]]]},
            "#/filters/0",
            '"like" is not an operator: use one of is, is_not, contains',
        ),
        (
            {"filters": [["is", "visit:citty", ["a"]]]},
            "#/filters/0",
            f'must be one of {", ".join(DIMENSIONS)}, not "visit:citty"',
        ),
        ({"filters": [["is", "time", ["a"]]]}, "#/filters/0", 'not "time"'),
        (
            {"filters": [["is"]]},
            "#/filters/0",
            "second element must be one of event:page",
        ),
        ({"filters": [["is", "event:page"]]}, "#/filters/0", "third element must be a list"),
        ({"filters": [["is", "event:page", []]]}, "#/filters/0", "a list of 1 to 100 values"),
        ({"filters": [["is", "event:page", ["/", "\0"]]]}, "#/filters/0", '"\\u0000" can\'t be filtered by'),
        ({"filters": [["is", "event:page", ["\ud800"]]]}, "#/filters/0", "without control characters"),
        ({"filters": [["is", "event:page", ["/"], {}]]}, "#/filters/0", "(modifiers) is not supported yet"),
        ({"filters": ["is"]}, "#/filters/0", "must be a list such as"),
        (
            {"order_by": [["visits", "asc"]]},
            "#/order_by/0/0",
            'one of the query\'s metrics or dimensions (visitors), not "visits"',
        ),
        ({"order_by": [["visitors", "up"]]}, "#/order_by/0/1", "'asc' or 'desc'"),
        ({"order_by": [["visitors"]]}, "#/order_by/0/1", "is missing"),
        ({"include": {"imports": True}}, "#/include/imports", "include.imports is not supported yet"),
        ({"include": {"compare": "year"}}, "#/include/compare", "include.compare is not supported yet"),
        ({"include": {"zeros": True}}, "#/include/zeros", "is not a field"),
        ({"include": {"total_rows": 1}}, "#/include/total_rows", "should be a valid boolean"),
        ({"include": {"time_labels": True}}, "#/include/time_labels", "needs a time dimension"),
        ({"include": {"empty_buckets": True}}, "#/include/empty_buckets", "needs a time dimension"),
        (
            {"include": {"empty_buckets": True}, "dimensions": ["time", "event:page"]},
            "#/include/empty_buckets",
            "and no other one",
        ),
        ({"pagination": {"limit": 10_001}}, "#/pagination/limit", "less than or equal to 10000"),
        ({"pagination": {"limit": 0}}, "#/pagination/limit", "greater than or equal to 1"),
        ({"pagination": {"limit": 1.5}}, "#/pagination/limit", "should be a valid integer"),
        ({"pagination": {"offset": -1}}, "#/pagination/offset", "greater than or equal to 0"),
        ({"pagination": {"cursor": "x"}}, "#/pagination/cursor", "is not a field"),
        ({"comparisons/~": 1}, "#/comparisons~1~0", "is not a field"),
        (
            {"metrics": ["visits", "views_per_visit"], "filters": [["is", "event:page", ["/"]]]},
            "#/metrics/1",
            "views_per_visit can't be asked for with a filter on event:page",
        ),
    ],
)
def test_what_is_wrong_or_not_there_yet_is_refused_by_its_place(
    change: dict[str, Any], pointer: str, detail: str
) -> None:
    refusal = refusal_of(SMALLEST | change)

    assert list(refusal) == [pointer]
    assert detail in refusal[pointer]
    json.dumps(refusal, ensure_ascii=False).encode()


def test_all_problems_are_named_at_once() -> None:
    refusal = refusal_of({"metrics": ["x"], "date_range": "x", "pagination": {"limit": 0}})

    assert list(refusal) == ["#/site_id", "#/metrics/0", "#/date_range", "#/pagination/limit"]


@pytest.mark.parametrize("body", [None, [], "query", 5])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    assert refusal_of(body) == {"#": "must be a JSON object"}


def test_a_refusal_says_where_and_what() -> None:
    with pytest.raises(
        QueryRefused, match=r"^#/metrics/0: percentage is not supported yet: ask for one of visitors, "
    ) as refusal:
        parse_query(SMALLEST | {"metrics": ["percentage"]})

    assert refusal.value.pointer == "#/metrics/0"
    assert refusal.value.detail.startswith("percentage is not supported yet: ask for one of ")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
names = st.sampled_from([*METRICS, *Query.model_fields, "time", "event:page", "is", "asc", "7d", "2026-01-01"])
anything = st.recursive(
    scalars | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | names, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*Query.model_fields, "more"]), anything))
def test_whatever_the_body_it_is_a_query_or_refused(change: dict[str, Any]) -> None:
    try:
        parse_query(SMALLEST | change)
    except QueryRefused as refusal:
        assert all(problem.detail for problem in refusal.problems)


def test_the_schema_names_what_is_supported() -> None:
    schema = Query.model_json_schema()

    assert schema["properties"]["metrics"]["items"]["enum"] == list(METRICS)
    assert schema["properties"]["dimensions"]["items"]["enum"][-len(DIMENSIONS) :] == list(DIMENSIONS)
    assert all(name in schema["properties"]["dimensions"]["description"] for name in DIMENSIONS)
    assert schema["required"] == ["site_id", "metrics", "date_range"]
    assert schema["additionalProperties"] is False
