"""Requests to addresses that users or configuration name: webhooks, chat, health targets. The only client for these.

A host is resolved once, every address of it is checked, and the connection goes to a checked address, with the host's name kept
for TLS and in ``Host``; each redirect goes through the same. Time and size are bounded; no proxy, no cookie, no environment.
"""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

from shared.platform.outgoing.origins import DEFAULT_PORTS, Origin, OutgoingRefused, OutgoingUnavailable, origins, split
from shared.platform.outgoing.pinned import Internet, Network, connected, resolve

__all__ = [
    "Network",
    "Origin",
    "OutgoingRefused",
    "OutgoingUnavailable",
    "Policy",
    "Request",
    "Response",
    "origins",
    "send",
]

_SYSTEM_PORTS: Final = 1024
_KEPT_ACROSS_ORIGINS: Final = frozenset({"accept", "content-type", "user-agent"})
_OURS: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
_SEE_OTHER: Final = frozenset({301, 302, 303})
_REDIRECTS: Final = _SEE_OTHER | {307, 308}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """``allowed`` are origins that need not be on the Internet: stage ``local`` names its stand-ins, every other stage nothing."""

    allowed: frozenset[Origin] = frozenset()
    https_only: bool = False
    max_redirects: int = 3
    max_bytes: int = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Request:
    """Its address may be a secret as well as its headers."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class Response:
    """``headers`` have names in lower case; ``body`` ends at the policy's ``max_bytes``."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def send(request: Request, policy: Policy, timeout: float, *, network: Network | None = None) -> Response:
    """Make a request within ``timeout`` seconds, redirects included. Any status is an answer.

    Raises
    ------
    OutgoingRefused
        the address, a redirect or the request breaks a rule: never try again
    OutgoingUnavailable
        no answer: not resolved, not connected, certificate not valid, cut off or too slow
    """
    deadline = time.monotonic() + timeout
    for _ in range(policy.max_redirects + 1):
        response = _exchange(request, policy, deadline, network or Internet())
        if response.status not in _REDIRECTS or "location" not in response.headers:
            return response
        request = _redirected(request, response)
    raise OutgoingRefused(f"{Origin.of(request.url)}: more than {policy.max_redirects} redirects")


def _exchange(request: Request, policy: Policy, deadline: float, network: Network) -> Response:
    parts, origin = split(request.url), Origin.of(request.url)
    allowed = origin in policy.allowed
    if not allowed:
        _check_origin(origin, policy)
    headers = _checked_headers(request)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        addresses = resolve(origin, deadline, network, anywhere=allowed)
        with connected(origin, addresses, deadline, network) as connection:
            connection.request(request.method, target, request.body or None, headers)
            return _read(connection.getresponse(), policy.max_bytes)
    except (OSError, http.client.HTTPException) as error:
        raise OutgoingUnavailable(f"{origin}: {str(error) or type(error).__name__}") from error
    except ValueError:  # its text has the header, which may be a token
        raise OutgoingRefused(f"{origin}: a method or a header that would break out of its line") from None


def _check_origin(origin: Origin, policy: Policy) -> None:
    if policy.https_only and origin.scheme != "https":
        raise OutgoingRefused(f"{origin}: https is needed")
    if origin.port < _SYSTEM_PORTS and origin.port not in DEFAULT_PORTS.values():
        raise OutgoingRefused(f"{origin}: the port belongs to another protocol; 80, 443 and those from 1024 are taken")


def _checked_headers(request: Request) -> dict[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    for name in headers:
        if name in _OURS or name.startswith("proxy-"):
            raise OutgoingRefused(f"the header {name} is not for callers to set")
    return {"user-agent": "P09"} | headers


def _read(response: http.client.HTTPResponse, max_bytes: int) -> Response:
    return Response(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=response.read(max_bytes),
    )


def _redirected(request: Request, response: Response) -> Request:
    """The next request. What was meant for one origin, such as a signature or a token, is not told to another."""
    url = urljoin(request.url, response.headers["location"])
    before, after = Origin.of(request.url), Origin.of(url)
    if (before.scheme, after.scheme) == ("https", "http"):
        raise OutgoingRefused(f"{after}: a redirect from https to http")
    headers = {
        name: value
        for name, value in request.headers.items()
        if before == after or name.lower() in _KEPT_ACROSS_ORIGINS
    }
    if response.status in _SEE_OTHER and request.method != "HEAD":
        return Request(method="GET", url=url, headers=headers)
    return replace(request, url=url, headers=headers)
