from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from shared.http.door import through_the_edge
from shared.http.origin_proof import HEADER, OriginProof
from shared.http.problems import Problem
from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.aws.signed import AwsUnavailable
from shared.platform.secret import Secret
from shared.platform.settings import aws_settings

GATEWAY = "a1b2c3.execute-api.eu-central-1.amazonaws.com"


class ProofSecret(LoginSecret):
    def __init__(self, *, down: bool = False) -> None:
        super().__init__(aws_settings, "origin-proof")
        self.asked = 0
        self._down = down

    def login(self) -> Login:
        self.asked += 1
        if self._down:
            raise AwsUnavailable("no answer")
        return Login("cloudfront", Secret("current"))

    def previous(self) -> Login | None:
        return Login("cloudfront", Secret("before"))


def request(secret: ProofSecret | None, *, domain: str = GATEWAY, sent: str | None = None) -> Request:
    scope: dict[str, Any] = {
        "type": "http",
        "headers": [(HEADER.encode(), sent.encode())] if sent is not None else [],
        "aws.event": {"requestContext": {"domainName": domain}},
        "app": SimpleNamespace(state=SimpleNamespace(services=SimpleNamespace(origin_proof=OriginProof(secret)))),
    }
    return Request(scope)


@pytest.mark.parametrize("sent", [None, "", "guessed"])
@pytest.mark.anyio
async def test_who_calls_the_gateways_own_address_is_refused(sent: str | None) -> None:
    with pytest.raises(Problem) as refused:
        await through_the_edge(request(ProofSecret(), sent=sent))
    assert refused.value.status is HTTPStatus.FORBIDDEN
    assert "the address that the console has" in refused.value.detail


@pytest.mark.parametrize("sent", ["current", "before"])
@pytest.mark.anyio
async def test_what_cloudfront_sends_on_passes_while_its_secret_changes_too(sent: str) -> None:
    await through_the_edge(request(ProofSecret(), sent=sent))


@pytest.mark.anyio
async def test_nobody_is_shut_out_while_the_secret_cannot_be_read() -> None:
    await through_the_edge(request(ProofSecret(down=True), sent="current"))


@pytest.mark.anyio
async def test_a_request_without_a_proof_costs_no_call() -> None:
    secret = ProofSecret()
    with pytest.raises(Problem):
        await through_the_edge(request(secret))
    assert secret.asked == 0


@pytest.mark.anyio
async def test_what_no_gateway_has_sent_passes() -> None:
    """As a function that a promotion asks whether it can log in."""
    await through_the_edge(request(ProofSecret(), domain="promotion.p09.invalid"))


@pytest.mark.anyio
async def test_before_a_function_without_a_secret_there_is_no_edge_to_come_through() -> None:
    await through_the_edge(request(None))
    await through_the_edge(request(None, sent="guessed"))
    assert not OriginProof.by_secret("").holds("guessed")
