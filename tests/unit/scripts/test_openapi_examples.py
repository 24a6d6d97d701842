"""What the documentation of the API shows as examples is what the API takes and says."""

from pydantic import TypeAdapter
from starlette.testclient import TestClient

from scripts.openapi.examples import EVENT, PROBLEM, QUERY
from shared.analytics.query import Query
from shared.collection.event import Event
from tests.gateway import gateway_with
from tests.unit.shared.http.test_permissions import TOKENS, NoServers


def test_the_example_of_an_event_is_one_with_every_field() -> None:
    assert TypeAdapter(Event).validate_python(EVENT).keys() == Event.__annotations__.keys()


def test_the_example_of_a_query_is_valid() -> None:
    assert Query.model_validate(QUERY).site_id == QUERY["site_id"]


def test_the_example_of_a_problem_is_what_the_api_answers_to_the_query_with_an_unknown_metric() -> None:
    answer = TestClient(gateway_with(NoServers)).post(
        "/v1/query",
        json=QUERY | {"metrics": ["visitor"]},
        headers={"authorization": f"Bearer {TOKENS['read key']}"},
    )
    assert answer.json() == PROBLEM
