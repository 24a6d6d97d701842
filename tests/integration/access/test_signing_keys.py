"""The function that brings the pool's keys, from a pool that serves them by HTTP to the table where tokens are checked by."""

import importlib
import json
from typing import Any, Self

import pytest

from shared.identity.signing_keys import KeptKeys, SigningKeys
from shared.identity.tokens import TokenVerifier
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.settings import aws_settings
from tests.integration.api.conftest import CLIENT_ID, ISSUER, PIPELINE_CLIENT_ID, Issuer, issuer, jwks_url
from tests.integration.aws import TABLE, aws_in_memory

__all__ = ["issuer", "jwks_url"]


class Answers:
    """What CloudFormation is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def open(self, request: Any, **_: Any) -> "Answers":
        self.told.append(json.loads(request.data))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


def event(kind: str) -> dict[str, Any]:
    return {
        "RequestType": kind, "ResponseURL": "https://cloudformation.example/answer", "StackId": "s", "RequestId": "1",
        "LogicalResourceId": "First", "ResourceProperties": {},
    }  # fmt: skip


def test_a_deploy_brings_the_keys_before_anybody_signs_in_and_the_schedule_goes_on(
    monkeypatch: pytest.MonkeyPatch, issuer: Issuer, jwks_url: str
) -> None:
    answers = Answers()
    with aws_in_memory(monkeypatch, JWKS_URL=jwks_url):
        handler = importlib.reload(importlib.import_module("functions.signing_keys.handler")).handler
        with monkeypatch.context() as patch:
            patch.setattr("urllib.request.urlopen", answers.open)
            handler(event("Create"), None)
        kept = KeptKeys(Table(signed_call(aws_settings), TABLE))
        people = TokenVerifier(
            issuer=ISSUER, client_ids=[CLIENT_ID], pipeline_client_id=PIPELINE_CLIENT_ID, keys=SigningKeys(kept.fetch)
        )
        assert people.verify(issuer.token("ada")).username == "ada"
        handler({"task": "signing_keys", "scheduled_time": "2026-11-25T04:00:00Z"}, None)
        assert kept.fetch()
    assert [one["Status"] for one in answers.told] == ["SUCCESS"]


def test_a_deploy_whose_pool_names_no_keys_fails_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Answers()
    with aws_in_memory(monkeypatch, JWKS_URL="http://127.0.0.1:1/jwks.json"):  # where nobody listens
        handler = importlib.reload(importlib.import_module("functions.signing_keys.handler")).handler
        with monkeypatch.context() as patch:
            patch.setattr("urllib.request.urlopen", answers.open)
            handler(event("Create"), None)
    assert [one["Status"] for one in answers.told] == ["FAILED"]
    assert "PyJWKClientConnectionError" in answers.told[0]["Reason"]
