from dataclasses import replace
from datetime import UTC, datetime

from shared.analytics.dimensions import DIMENSIONS
from shared.analytics.metrics import definitions
from shared.analytics.statement import Question, answer

QUESTION = Question(
    site_id=1,
    start=datetime(2026, 5, 20, tzinfo=UTC),
    end=datetime(2026, 5, 21, tzinfo=UTC),
    bucket_starts=None,
    dimensions=[],
    filters=[],
    metrics={"visitors": definitions(by_event=False, of_events=False, from_roll_up=False)["visitors"]},
    order_by=[],
    every_bucket=False,
    total_rows=False,
    limit=10,
    offset=0,
)


def test_what_an_empty_value_is_called_may_have_an_apostrophe() -> None:
    unsaid = replace(DIMENSIONS["visit:source"], empty="Didn't say")

    assert "then 'Didn''t say' else" in answer(replace(QUESTION, dimensions=[unsaid]))


def test_events_look_their_visit_up_only_for_a_visits_dimension() -> None:
    by_page, by_source = (replace(QUESTION, dimensions=[DIMENSIONS[name]]) for name in ("event:page", "visit:source"))

    assert "visits" not in answer(by_page)
    assert "join visits" in answer(by_source)
