"""Who acted, as far as a request or an event tells it."""

from dataclasses import dataclass


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
