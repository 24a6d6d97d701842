"""From where somebody did something: CloudFront's word is believed, and that of nobody who calls the API's gateway itself."""

import json
import secrets

import httpx2
import pytest

from local.api import Api
from local.customers import directory, operations_token, owner
from local.front_door.distribution import read_distribution
from local.people import customer_person
from local.state import LOOPBACK
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


def test_who_calls_the_gateway_itself_is_not(system: LocalSystem, gateway: str) -> None:
    assert origin(system, gateway) == LOOPBACK
    assert origin(system, gateway, **{PROOF: secrets.token_hex()}) == LOOPBACK


def test_the_secret_makes_the_difference_and_cloudfront_has_it(system: LocalSystem, gateway: str) -> None:
    stored = system.aws("secretsmanager").get_secret_value(SecretId="p09-local-origin-proof")
    proof = json.loads(stored["SecretString"])["password"]
    behavior = read_distribution(system.facts["aws_endpoint"]).api_behavior("/v1/sites")
    assert behavior
    assert behavior.origin_headers == {PROOF: proof}
    assert origin(system, gateway, **{PROOF: proof}) == FORGED


def test_health_answers_at_the_gateways_own_address(system: LocalSystem, gateway: str) -> None:
    assert Api(gateway, operations_token(system.facts, "P09-SRE")).get("/health")
