"""Unit prices and the model of usage: two TOML files, every number with where it comes from."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent


class NoPrice(LookupError):
    """Something is billed that nobody has put a price on."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a unit costs. ``free`` units a month cost nothing; each tier is a lower price for what is above so many units."""

    name: str
    usd: float
    unit: str
    source: str
    date: date
    free: float = 0
    tiers: tuple[tuple[float, float], ...] = ()
    remembered: bool = False

    def of(self, quantity: float) -> float:
        """Dollars for so many units in a month."""
        steps = [(self.free, self.usd), *self.tiers]
        ends = [above for above, _ in steps[1:]] + [float("inf")]
        return sum(
            usd * (min(quantity, end) - above)
            for (above, usd), end in zip(steps, ends, strict=True)
            if quantity > above
        )


@cache
def prices() -> dict[str, Price]:
    """By name, as ``service.thing``."""
    text = (_FOLDER / "prices.toml").read_text()
    return {
        f"{service}.{thing}": _price(f"{service}.{thing}", body)
        for service, things in tomllib.loads(text).items()
        for thing, body in things.items()
    }


def price(name: str) -> Price:
    """Raises ``NoPrice``."""
    try:
        return prices()[name]
    except KeyError:
        raise NoPrice(f"no price of {name}: put it into scripts/price/prices.toml, with source and date") from None


def _price(name: str, body: dict[str, Any]) -> Price:
    tiers = tuple((float(tier["above"]), float(tier["usd"])) for tier in body.pop("tiers", ()))
    found = Price(name=name, tiers=tiers, **body)
    if not found.source or not isinstance(found.date, date):
        raise ValueError(f"{name}: a price has a source and a date")
    return found


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """A number of the model of usage; ``why`` says what measured it, or on what it rests."""

    name: str
    value: float
    why: str


@cache
def assumptions() -> dict[str, Assumption]:
    """By name."""
    found = tomllib.loads((_FOLDER / "usage.toml").read_text())
    return {name: Assumption(name=name, **body) for name, body in found.items()}


def usage(name: str) -> float:
    """A number of the model of usage."""
    return assumptions()[name].value
