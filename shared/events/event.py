"""What every event is. Their fields go over the bus in the order in which they stand, those of a base class first."""

from dataclasses import asdict, dataclass
from inspect import get_annotations
from typing import Any, ClassVar, Literal, dataclass_transform

Severity = Literal["page", "ticket"]


@dataclass_transform(kw_only_default=True, frozen_default=True)
@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened, told once; its detail-type is its model's name. Every model is a frozen dataclass of keywords by itself.

    Consumers ignore an ``id`` that they have seen, where the model has one.
    """

    source: ClassVar[str]

    def __init_subclass__(cls) -> None:
        if get_annotations(cls):  # what adds no field is made as its base class is
            dataclass(frozen=True, kw_only=True)(cls)

    @property
    def detail_type(self) -> str:
        return type(self).__name__

    @property
    def detail(self) -> dict[str, Any]:
        return asdict(self)


class Told(Event):
    """``id`` is the same each time that the same thing is told; ``at`` is when it happened."""

    id: str
    at: str
