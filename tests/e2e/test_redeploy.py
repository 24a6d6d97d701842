"""A changed template, deployed to the running system: what is missing in production is missing here."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local.api import Api
from tests.e2e.local_system import LocalSystem, until
from tests.e2e.stacks import Template, deploy, template_of

STACK = "P09-local-Api"


@contextmanager
def changed(system: LocalSystem, change: Callable[[Template], None]) -> Iterator[None]:
    """The API's stack with a change, deployed; afterwards as it was."""
    template = template_of(system, STACK)
    edited = json.loads(json.dumps(template))
    change(edited)
    # A changed setting makes MiniStack start new environments: the old ones have read their secrets already.
    api_function(edited)["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] = "DEBUG"
    deploy(system, STACK, edited)
    try:
        yield
    finally:
        deploy(system, STACK, template)
        until(lambda: health(system).status_code == 200, "the API as it was")


def api_function(template: Template) -> dict[str, Any]:
    [properties] = [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function" and resource["Properties"]["FunctionName"] == "p09-local-api"
    ]
    assert isinstance(properties, dict)
    return properties


def health(system: LocalSystem, what: str = "/db") -> Any:
    return Api(system.url).raw("GET", f"/health{what}")


def without(action: str) -> Callable[[Template], None]:
    def change(template: Template) -> None:
        removed = 0
        for resource in template["Resources"].values():
            if resource["Type"] not in {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}:
                continue
            document = resource["Properties"]["PolicyDocument"]
            kept = [one for one in document["Statement"] if action not in one["Action"]]
            removed += len(document["Statement"]) - len(kept)
            document["Statement"] = kept
        assert removed, f"{action} was granted nowhere"

    return change


def test_a_permission_that_is_missing_in_the_role_is_missing_here(system: LocalSystem) -> None:
    with changed(system, without("secretsmanager:GetSecretValue")):
        answer = health(system)
    assert answer.status_code == 503
    why = answer.json()["detail"]
    assert "assumed-role/P09-local-Api-" in why
    assert "is not authorized to perform: secretsmanager:GetSecretValue" in why


def test_a_function_without_one_of_its_settings_refuses_to_start_and_names_it(system: LocalSystem) -> None:
    def change(template: Template) -> None:
        del api_function(template)["Environment"]["Variables"]["EVENT_BUS_NAME"]

    with changed(system, change):
        answer = health(system, "")
    assert answer.status_code == 502
    assert "functions.api.settings needs the environment keys: EVENT_BUS_NAME" in answer.text
