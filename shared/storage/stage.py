"""Entries on their way into PostgreSQL: rows of the staging table, with what the worker works out of each of them.

Rows are text for COPY and stay it. What is worked out depends on few of their columns, and rows that agree in these (a batch of one
visitor, say) share it: the columns are looked at once for each combination that occurs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import repeat
from typing import Final

from shared.collection.entry import BadEntry, Entry
from shared.collection.rows import COLUMNS, DEFAULT_MORE, MORE_COLUMNS
from shared.enrichment.source import channel, read_source
from shared.enrichment.user_agent import UNKNOWN, read_user_agent

# Three dictionaries for each site, since one of all columns together would have nearly a row for each visitor.
DICTIONARIES: Final = {
    "acquisitions": (
        "source", "channel", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "click_id",
    ),
    "places": ("country", "region", "city"),
    "devices": ("browser", "browser_version", "system", "system_version", "device", "screen", "language"),
}  # fmt: skip
_KEPT: Final = 7  # the last of MORE_COLUMNS go into the staging table as they are
STAGED: Final = (
    *COLUMNS, "acquisition", "place", "device", "visit_source", "bot", *MORE_COLUMNS[-_KEPT:],
)  # fmt: skip

_ID_LENGTH: Final = 36
_NULL: Final = b"\\N"
_DEFAULT: Final = DEFAULT_MORE.removesuffix(b"\n")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A row of one site's dictionary; ``digest`` is of its values, which stand in the order of the dictionary's columns."""

    site_id: int
    values: tuple[str, ...]

    @property
    def digest(self) -> str:
        """As PostgreSQL reads a UUID."""
        return blake2b("\x00".join(self.values).encode(), digest_size=16).hexdigest()


@dataclass
class Batch:
    """Rows without their numbers.

    Attributes
    ----------
    twins
        how many rows were left out, since an earlier one has their id
    excludes
        whether some rows are only to be counted
    meanings
        by dictionary, in the order in which they were met
    """

    twins: int = 0
    excludes: bool = False
    meanings: dict[str, list[Meaning]] = field(default_factory=lambda: {name: [] for name in DICTIONARIES})
    _origins: dict[tuple[bytes, ...], int] = field(default_factory=dict)
    _middles: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    _rows: list[tuple[bytes, int, bytes]] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)
    _acquired: dict[tuple[bytes, ...], tuple[int, bytes, bool]] = field(default_factory=dict)
    _placed: dict[tuple[bytes, ...], int] = field(default_factory=dict)
    _equipped: dict[tuple[bytes, ...], tuple[int, bool]] = field(default_factory=dict)
    _places: dict[Meaning, int] = field(default_factory=dict)

    def copy_rows(self, numbers: dict[str, list[int]]) -> bytes:
        """Rows in the order of ``STAGED``; ``numbers`` are those of the meanings, by dictionary."""
        acquisitions, places, devices = (numbers[name] for name in DICTIONARIES)
        middles = [
            b"\t%d\t%d\t%d%b" % (acquisitions[acquisition], places[place], devices[device], rest)
            for acquisition, place, device, rest in self._middles
        ]
        return b"".join([part for row, origin, rest in self._rows for part in (row, middles[origin], rest, b"\n")])

    def add(self, entry: Entry) -> None:
        """Raises ``BadEntry``."""
        rows, more = _lines(entry.rows), _lines(entry.more) if entry.more else repeat(_DEFAULT)
        site = str(entry.site_id).encode()
        identity_ends = len(site) + 1 + _ID_LENGTH
        seen, origins, put = self._seen, self._origins, self._rows.append  # a hundred thousand times a second
        try:
            for row, told in zip(rows, more, strict=bool(entry.more)):
                identity = row[:identity_ends].lower()
                if identity in seen:
                    self.twins += 1
                    continue
                seen.add(identity)
                _, referrer, source, country, _ = row.rsplit(b"\t", 4)
                visitor = told.rsplit(b"\t", _KEPT)[0]
                key = (site, visitor, referrer, source, country)
                origin = origins.get(key)
                if origin is None:
                    self._middles.append(self._work_out(entry.site_id, *key))
                    origin = origins[key] = len(origins)
                rest = told[len(visitor) :]
                if rest[-1:] != b"\t":
                    self.excludes = True
                put((row, origin, rest))
        except ValueError as error:
            raise BadEntry(f"its rows are damaged: {error}") from error

    def _work_out(
        self, site_id: int, site: bytes, visitor: bytes, referrer: bytes, source: bytes, country: bytes
    ) -> tuple[int, int, int, bytes]:
        """The places of its meanings among those of the dictionaries, and the columns beside them. Each part is worked out once."""
        agent, language, screen, region, city, *campaign = visitor.split(b"\t")
        acquired = (site, referrer, source, *campaign)
        if acquired not in self._acquired:
            values, known_as, spam = _acquisition(map(_text, acquired[1:]))
            self._acquired[acquired] = self._place("acquisitions", site_id, values), _escape(known_as), spam
        placed = (site, country, region, city)
        if placed not in self._placed:
            self._placed[placed] = self._place("places", site_id, tuple(map(_text, placed[1:])))
        equipped = (site, agent, screen, language)
        if equipped not in self._equipped:
            values, bot = _device(agent, _text(screen), _text(language))
            self._equipped[equipped] = self._place("devices", site_id, values), bot
        acquisition, name, spam = self._acquired[acquired]
        device, bot = self._equipped[equipped]
        rest = b"\t%b\t%b" % (name, b"t" if bot or spam else b"f")
        return acquisition, self._placed[placed], device, rest

    def _place(self, dictionary: str, site_id: int, values: tuple[str, ...]) -> int:
        meaning = Meaning(site_id, values)
        if meaning not in self._places:
            self._places[meaning] = len(self.meanings[dictionary])
            self.meanings[dictionary].append(meaning)
        return self._places[meaning]


def stage(entries: Iterable[Entry]) -> Batch:
    """Raises ``BadEntry``."""
    batch = Batch()
    for entry in entries:
        batch.add(entry)
    return batch


def _lines(text: bytes) -> Sequence[bytes]:
    return text.removesuffix(b"\n").split(b"\n") if text else []


def _acquisition(told: Iterable[str]) -> tuple[tuple[str, ...], str, bool]:
    """Values of the dictionary, the source's name, and whether it is known to be spam."""
    referrer, raw_source, utm_source, medium, campaign, content, term, click_id = told
    source = read_source(raw_source)
    through = channel(source, medium=medium, campaign=campaign, click_id=click_id)
    values = (source.name, through, referrer, utm_source, medium, campaign, content, term, click_id)
    return values, source.name, source.spam


def _device(raw_agent: bytes, screen: str, language: str) -> tuple[tuple[str, ...], bool]:
    """Values of the dictionary, and whether it is a bot's."""
    agent = UNKNOWN if raw_agent == _NULL else read_user_agent(_text(raw_agent))
    values = (agent.browser, agent.browser_version, agent.system, agent.system_version, agent.device, screen, language)
    return values, agent.bot


def _escape(text: str) -> bytes:
    return text.replace("\\", "\\\\").encode()


def _text(column: bytes) -> str:
    """A column of COPY's text format, in which nothing but backslashes is escaped. What is no UTF-8 is PostgreSQL's to refuse."""
    text = column.decode(errors="replace")
    return text.replace("\\\\", "\\") if "\\" in text else text
