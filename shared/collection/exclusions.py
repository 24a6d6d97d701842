"""What a site leaves out of its numbers, and why an event is left out. Such events are counted by their reason and not stored."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from shared.collection.client_address import is_within

# The reasons, as they are stored and shown.
ADDRESS: Final = "address"
HOSTNAME: Final = "hostname"
PAGE: Final = "page"
COUNTRY: Final = "country"


@dataclass(frozen=True, kw_only=True)
class Exclusions:
    """A site's choice.

    Attributes
    ----------
    addresses
        ranges of clients' addresses to leave out, such as 203.0.113.0/24; compared when an event arrives, and never stored
    hostnames
        the only hosts to count; none means all. ``*`` stands for any characters
    pages
        to leave out; ``*`` stands for any characters but a slash, ``**`` for any characters
    countries
        to leave out, by their codes of two letters
    """

    addresses: tuple[str, ...] = ()
    hostnames: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.hostnames or self.pages or self.countries)

    def reason(self, *, address: str, hostname: str, page: str, country: str) -> str:
        """Why an event is left out; empty when it counts. What is not known of an event leaves it in."""
        if address and is_within(address, self.addresses):
            return ADDRESS
        if hostname and self.hostnames and not _matches(hostname, self.hostnames):
            return HOSTNAME
        if page and _matches(page, self.pages):
            return PAGE
        if country and country in self.countries:
            return COUNTRY
        return ""


NOTHING: Final = Exclusions()


def _matches(value: str, patterns: tuple[str, ...]) -> bool:
    return any(_pattern(pattern).fullmatch(value) for pattern in patterns)


@lru_cache(maxsize=2_000)
def _pattern(written: str) -> re.Pattern[str]:
    parts = re.split(r"(\*+)", written)
    return re.compile("".join({"*": "[^/]*"}.get(part, ".*") if part[:1] == "*" else re.escape(part) for part in parts))
