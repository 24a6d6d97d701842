"""Who acted, as far as a request or an event tells it."""

from dataclasses import dataclass
from typing import Final

MAX_USER_AGENT: Final = 512


@dataclass(frozen=True)
class Client:
    """What tells one visitor from another, besides the site: an address in its written form, and a user agent's header."""

    address: str
    user_agent: str


@dataclass(frozen=True)
class Place:
    """Where somebody was: country (ISO 3166-1, two letters), region (ISO 3166-2) and city; empty where nothing is known."""

    country: str = ""
    region: str = ""
    city: str = ""


NOWHERE: Final = Place()


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sent a request, and what the request tells of its visitor.

    Attributes
    ----------
    client
        the visitor of events that name none
    place
        where that client is, as the edge says; empty where the edge saw somebody else
    user_agent, language
        the client's own; None and empty where a server sends for its visitors
    """

    client: Client
    place: Place = NOWHERE
    user_agent: str | None = None
    language: str = ""
