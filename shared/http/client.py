"""Who is at the other end, as the edge says it."""

import re
from typing import Final

from fastapi import Request

from shared.collection.visitor import Client
from shared.http.origin_proof import HEADER, OriginProof

_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def client_of(request: Request) -> Client:
    """Address and user agent of the visitor.

    The first address of ``X-Forwarded-For`` is the browser's own, or what a server that forwards its visitors' events says of
    them; CloudFront and API Gateway append theirs behind it.
    """
    forwarded = request.headers.get("x-forwarded-for", "").partition(",")[0].strip()
    address = forwarded or (request.client.host if request.client else "")
    return Client(address, request.headers.get("user-agent", ""))


def country_of(request: Request) -> str:
    """The two-letter code that CloudFront found for the viewer; empty when it says none."""
    country = request.headers.get("cloudfront-viewer-country", "")
    return country if _COUNTRY.fullmatch(country) else ""


def viewer_address(request: Request, proof: OriginProof) -> str:
    """The address that connected to us, whatever headers it made up: for the audit trail and for limits.

    CloudFront appends the viewer's address to ``X-Forwarded-For``, API Gateway that of CloudFront, from which it was called.
    Who calls API Gateway's own address can prove no CloudFront: theirs is the address from which it was called.
    """
    peer = request.client.host if request.client else ""
    if not proof.holds(request.headers.get(HEADER, "")):
        return peer
    chain = [address.strip() for address in request.headers.get("x-forwarded-for", "").split(",") if address.strip()]
    if chain and chain[-1] == peer:
        chain.pop()
    return chain[-1] if chain else peer
