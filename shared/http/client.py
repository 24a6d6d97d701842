"""Who is at the other end, as the edge says it."""

import re
from typing import Final
from urllib.parse import unquote

from fastapi import Request

from shared.collection.client import MAX_USER_AGENT, NOWHERE, Client, Place, Sender
from shared.collection.client_address import address_of, first_address
from shared.http.origin_proof import HEADER, OriginProof

MAX_CITY: Final = 100
UNKNOWN_COUNTRY: Final = "ZZ"
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_REGION: Final = re.compile(r"[A-Z0-9]{1,3}")


def client_of(request: Request) -> Client:
    """Address and user agent of the visitor.

    The first valid address of ``X-Forwarded-For`` is the browser's own, or what a server that forwards its visitors' events says of
    them; CloudFront and API Gateway append theirs behind it.
    """
    address = first_address(request.headers.get("x-forwarded-for", "")) or address_of(_peer(request))
    return Client(address, request.headers.get("user-agent", "")[:MAX_USER_AGENT])


def place_of(request: Request) -> Place:
    """Where CloudFront found the viewer to be; empty where it says nothing."""
    headers = request.headers
    country = headers.get("cloudfront-viewer-country", "")
    if not _COUNTRY.fullmatch(country) or country == UNKNOWN_COUNTRY:
        return NOWHERE
    region = headers.get("cloudfront-viewer-country-region", "")
    return Place(
        country,
        f"{country}-{region}" if _REGION.fullmatch(region) else "",
        _printable(headers.get("cloudfront-viewer-city", "")),
    )


def sender_of(request: Request, proof: OriginProof) -> Sender:
    """Who sent events, and where they are if the edge saw the visitor and not somebody who sends for them."""
    client = client_of(request)
    is_viewer = client.address == address_of(viewer_address(request, proof))
    return Sender(client=client, place=place_of(request) if is_viewer else NOWHERE)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _printable(text: str) -> str:
    """A header's text: its bytes are UTF-8 percent-encoded or plain, while HTTP hands them on as Latin-1."""
    decoded = unquote(text.encode("latin-1", "ignore").decode("utf-8", "ignore"))
    return "".join(character for character in decoded if character.isprintable())[:MAX_CITY]


def viewer_address(request: Request, proof: OriginProof) -> str:
    """The address that connected to us, whatever headers it made up: for the audit trail and for limits.

    CloudFront appends the viewer's address to ``X-Forwarded-For``, API Gateway that of CloudFront, from which it was called.
    Who calls API Gateway's own address can prove no CloudFront: theirs is the address from which it was called.
    """
    peer = _peer(request)
    if not proof.holds(request.headers.get(HEADER, "")):
        return peer
    chain = [address.strip() for address in request.headers.get("x-forwarded-for", "").split(",") if address.strip()]
    if chain and chain[-1] == peer:
        chain.pop()
    return chain[-1] if chain else peer
