"""The way in: through our CloudFront. API Gateway's own address, which is public as well, is refused."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

from fastapi import Request

from shared.http.origin_proof import HEADER
from shared.http.problems import Problem

if TYPE_CHECKING:
    from shared.http.origin_proof import OriginProof

_GATEWAY: Final = ".execute-api."
_ELSEWHERE: Final = "this address is for P09's own edge; send the request to the address that the console has"


class Guarded(Protocol):
    """The services of every function that answers requests."""

    @property
    def origin_proof(self) -> "OriginProof": ...


async def through_the_edge(request: Request) -> None:
    """Let the request through, or raise a problem of status 403. What no gateway has sent may pass: our own invocations."""
    if not _is_from_gateway(request):
        return
    services: Guarded = request.app.state.services
    if services.origin_proof.is_missing(request.headers.get(HEADER, "")):
        raise Problem(HTTPStatus.FORBIDDEN, _ELSEWHERE)


def _is_from_gateway(request: Request) -> bool:
    """By what the gateway itself says of the request, which no caller can set."""
    context = request.scope.get("aws.event", {}).get("requestContext", {})
    return _GATEWAY in str(context.get("domainName", ""))
