"""What the API takes and says of the calendar; what it says is built when something asks for it."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Kind = Literal["maintenance", "freeze"]
State = Literal["planned", "active", "ended", "cancelled"]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$"),
]
ComponentIds = Annotated[list[Annotated[str, StringConstraints(pattern="^[a-z_]{1,64}$")]], Field(max_length=50)]


class NewEntry(BaseModel):
    """Customers read ``title`` and ``reason`` of a maintenance on the status page; times need an offset, such as Z."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    title: Title
    reason: Reason
    start: AwareDatetime
    end: AwareDatetime
    components: ComponentIds = []


class EntryChange(BaseModel):
    """Those fields that become others; the start only until it has begun."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    reason: Reason | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
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
