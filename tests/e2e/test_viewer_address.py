"""From where somebody did something: CloudFront is believed. Whoever calls the API's gateway itself is refused."""

import json
import secrets

import httpx2
import pytest

from local.api import Api
from local.customers import directory, owner
from local.front_door.distribution import read_distribution
from local.people import customer_person
from tests.e2e.local_system import ORGANISATION, LocalSystem
from tests.system import new_domain

ELSEWHERE = "127.0.0.9"  # an address of this machine that none of its servers calls from
FORGED = "203.0.113.9"
PROOF = "x-p09-origin-proof"


@pytest.fixture
def gateway(system: LocalSystem) -> str:
    behavior = read_distribution(system.facts["aws_endpoint"]).api_behavior("/v1/sites")
    assert behavior
    return str(system.facts["aws_endpoint"]) + behavior.path_prefix


def origin(system: LocalSystem, url: str, **headers: str) -> str:
    """What the trail says of a caller at this address of the API."""
    people, (owners, organisation) = directory(system.facts), owner(system.facts, ORGANISATION)
    token = people.token(customer_person(ORGANISATION, "owner"))
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address=ELSEWHERE), timeout=30) as client:
        body = {"name": "Somewhere", "domain": new_domain(), "organisation_id": organisation}
        sent = {"x-forwarded-for": FORGED} | headers
        Api(url, token, client).checked("POST", "/v1/sites", json=body, headers=sent)
    [newest] = owners.get(f"/v1/organisations/{organisation}/audit", limit="1")["rows"]
    assert newest["action"] == "site.create"
    return str(newest["origin"])


def test_the_front_door_is_believed(system: LocalSystem) -> None:
    assert origin(system, system.url) == ELSEWHERE
    assert origin(system, system.url, **{PROOF: secrets.token_hex()}) == ELSEWHERE


@pytest.mark.parametrize("asked", ["GET /health", "GET /v1/sites", "POST /v1/query", "POST /api/event"])
@pytest.mark.parametrize("proof", ["", secrets.token_hex()], ids=["without a proof", "with a made up one"])
def test_who_calls_the_gateway_itself_is_refused(gateway: str, asked: str, proof: str) -> None:
    method, path = asked.split()
    answer = httpx2.request(
        method, gateway + path, headers={PROOF: proof} if proof else {}, timeout=30, trust_env=False
    )
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert "the address that the console has" in answer.json()["detail"]


def test_the_secret_makes_the_difference_and_cloudfront_has_it(system: LocalSystem, gateway: str) -> None:
    stored = system.aws("secretsmanager").get_secret_value(SecretId="p09-local-origin-proof")
    proof = json.loads(stored["SecretString"])["password"]
    behavior = read_distribution(system.facts["aws_endpoint"]).api_behavior("/v1/sites")
    assert behavior
    assert behavior.origin_headers == {PROOF: proof}
    assert origin(system, gateway, **{PROOF: proof}) == FORGED
