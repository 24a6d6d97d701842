"""Where a visit came from: the name of its source and its channel, from a tag or the referrer's host (``sources.toml``)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

DIRECT: Final = "Direct"
_FILE: Final = Path(__file__).with_name("sources.toml")
_SHORT: Final = 3  # letters: `co` in `co.uk` belongs to the public suffix

_PAID_MEDIUM: Final = r".*cp.*|ppc|retargeting|paid.*"
_SHOP: Final = r"(?:.*[^a-df-z])?shop.*|.*shopping.*"
_DISPLAY: Final = {"display", "banner", "expandable", "interstitial", "cpm"}
_SOLD: Final = {"search", "shopping", "social", "video"}
_PAID_CLICKS: Final = {("Google", "gclid"), ("Google", "gbraid"), ("Google", "wbraid"), ("Bing", "msclkid")}
# Unpaid channels, the first that holds: of a kind of source, or of mediums.
_ORGANIC: Final = (
    ("Organic Shopping", "shopping", "(?!)"),
    ("Organic Social", "social", "sm|social|social[-_ ](?:network|media)"),
    ("Organic Video", "video", ".*video.*"),
    ("AI Assistants", "ai", "(?!)"),
    ("Organic Search", "search", "organic"),
    ("Email", "email", "e[-_ ]?mail"),
    ("Affiliates", "affiliate", "affiliates?"),
    ("Referral", "referral", "referral|app|link"),
    ("Audio", "audio", "audio"),
    ("SMS", "sms", "sms"),
    ("Mobile Push Notifications", "push", "mobile|notification|.*push"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """``kind`` is the table's: search, ai, social, video, …; empty for what it does not know."""

    name: str
    kind: str = ""
    paid: bool = False
    spam: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    exact: Mapping[str, tuple[str, str]]
    under_any_suffix: Mapping[str, tuple[str, str]]
    paid: frozenset[str]
    spam: frozenset[str]


@lru_cache(maxsize=20_000)
def read_source(raw: str) -> Source:
    """The source that a tag or a host names. What the table does not know keeps its name; a tag, its capitals."""
    word = raw.strip().lower()
    if not word:
        return Source("")
    table = _table()
    paid = word in table.paid
    if "." not in word:
        name, kind = table.exact.get(word, (raw.strip(), ""))
        return Source(name, kind, paid)
    parents = list(_parents(word))
    name, kind = _known(table, parents) or (word, "")
    return Source(name, kind, paid, spam=any(parent in table.spam for parent in parents))


@lru_cache(maxsize=20_000)
def channel(source: Source, *, medium: str = "", campaign: str = "", click_id: str = "") -> str:
    """The channel, by the rules of Plausible's Stats API (https://plausible.io/docs/top-referrers); the first that holds."""
    medium, campaign = medium.strip().lower(), campaign.strip().lower()
    kind = "shopping" if re.fullmatch(_SHOP, campaign) else source.kind
    if medium == "cross-network" or "cross-network" in campaign:
        return "Cross-network"
    if (source.name, click_id) in _PAID_CLICKS:
        return "Paid Search"
    paid = source.paid or re.fullmatch(_PAID_MEDIUM, medium) is not None
    if paid and kind in _SOLD:
        return f"Paid {kind.capitalize()}"
    if medium in _DISPLAY:
        return "Display"
    return "Paid Other" if paid else _unpaid(kind, medium) or ("Referral" if source.name else DIRECT)


def _unpaid(kind: str, medium: str) -> str | None:
    return next((name for name, of, mediums in _ORGANIC if kind == of or re.fullmatch(mediums, medium)), None)


def _known(table: _Table, parents: list[str]) -> tuple[str, str] | None:
    """The most particular row: `news.google.*` stands before `google.*`."""
    for parent in parents:
        found = table.exact.get(parent) or next(
            (table.under_any_suffix[stem] for stem in _without_suffix(parent) if stem in table.under_any_suffix), None
        )
        if found:
            return found
    return None


def _parents(host: str) -> Iterator[str]:
    """The host itself and all domains above it, but for the last label."""
    labels = host.split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])


def _without_suffix(host: str) -> Iterator[str]:
    """`google` for `google.com` and `google.co.uk`."""
    stem, _, _ = host.rpartition(".")
    yield stem
    rest, _, last = stem.rpartition(".")
    if rest and len(last) <= _SHORT:
        yield rest


@cache
def _table() -> _Table:
    import tomllib

    with _FILE.open("rb") as file:
        read = tomllib.load(file)
    paid, spam = read.pop("paid")["tags"], read.pop("spam")["hosts"]
    words = {
        word: (name, "" if kind == "other" else kind)
        for kind, sources in read.items() if isinstance(sources, dict)
        for name, known_as in sources.items()
        for word in known_as.split()
    }  # fmt: skip
    starred = {word.removesuffix(".*"): meant for word, meant in words.items() if word.endswith(".*")}
    return _Table(words, starred, frozenset(paid.split()), frozenset(spam.split()))
