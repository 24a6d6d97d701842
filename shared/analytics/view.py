"""What the API answers to queries."""

from typing import Any

from typing_extensions import TypedDict

from shared.platform.views import view


class Row(TypedDict):
    """In the order in which the query named them."""

    metrics: list[float]
    dimensions: list[str]


class Bots(TypedDict):
    visitors: int
    events: int


class KeptApart(TypedDict):
    """What is in no other number."""

    bots: Bots
    excluded: dict[str, int]


class Meta(KeptApart, total=False):
    """``bots`` and events that the site ``excluded``, by reason, are in no other number; the latter are those of whole quarters
    of an hour. ``time_labels`` and ``total_rows`` are there if ``include`` asks for them."""

    time_labels: list[str]
    total_rows: int


@view
class Answer(TypedDict):
    """``query`` is the query as it was understood."""

    results: list[Row]
    meta: Meta
    query: dict[str, Any]


@view
class Live(TypedDict):
    visitors: int
