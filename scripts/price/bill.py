"""A month's bill: what is used, at which price. An allowance that is free is shared by all that use it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scripts.price.catalogue import price

MILLION: Final = 1_000_000
GB: Final = 1_000_000_000


@dataclass(frozen=True)
class Use:
    """So many units of a price in a month; ``of`` names the resource as people know it."""

    of: str
    price: str
    quantity: float


class Bill:
    """Dollars for a month's uses."""

    def __init__(self, uses: Iterable[Use]) -> None:
        self.uses = [use for use in uses if use.quantity]
        quantities: dict[str, float] = defaultdict(float)
        for use in self.uses:
            quantities[use.price] += use.quantity
        self._average = {name: price(name).of(quantity) / quantity for name, quantity in quantities.items()}

    @property
    def total(self) -> float:
        return sum(self.by_resource().values())

    def by_resource(self) -> dict[str, float]:
        """Dollars by resource, the dearest first. Who shares a free allowance pays the same average price."""
        found: dict[str, float] = defaultdict(float)
        for use in self.uses:
            found[use.of] += use.quantity * self._average[use.price]
        return dict(sorted(found.items(), key=lambda entry: -entry[1]))
