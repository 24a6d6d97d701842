"""What the API takes and says of the calendar; what it says is built when something asks for it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.http.fields import COMPONENT, Moment, Reason, Title

Kind = Literal["maintenance", "freeze"]
State = Literal["planned", "active", "ended", "cancelled"]
ComponentIds = Annotated[list[Annotated[str, COMPONENT]], Field(max_length=50)]


class NewEntry(BaseModel):
    """Customers read ``title`` and ``reason`` of a maintenance on the status page; times need an offset, such as Z."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    title: Title
    reason: Reason
    start: Moment
    end: Moment
    components: ComponentIds = []


class EntryChange(BaseModel):
    """Those fields that become others; the start only until it has begun."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    reason: Reason | None = None
    start: Moment | None = None
    end: Moment | None = None
    components: ComponentIds | None = None

    @model_validator(mode="after")
    def _something(self) -> "EntryChange":
        if not self.model_fields_set:
            raise ValueError("name what shall become different: title, reason, start, end or components")
        return self


class Cancellation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class EntryView(BaseModel):
    """``note`` says why it was cancelled or ended early."""

    model_config = ConfigDict(defer_build=True)

    id: str
    kind: Kind
    state: State
    title: str
    reason: str
    start: str
    end: str
    components: list[str]
    note: str
    created_by: str
    created_at: str
    changed_by: str
    changed_at: str


class EntryList(BaseModel):
    """By start. ``next_cursor`` is the ``cursor`` of the next page; null on the last."""

    model_config = ConfigDict(defer_build=True)

    entries: list[EntryView]
    next_cursor: str | None
