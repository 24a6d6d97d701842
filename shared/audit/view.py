"""What the API says of the audit trail."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from shared.platform.views import view

# Texts, as exports have them: what was hashed is shown as it was written.
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


Outcome = Literal["done", "refused"]


class AuditRow(TypedDict):
    """``done_at`` is when the act was done and ``at`` when its row was written: an act that needs no PostgreSQL gets its row within
    a minute. ``outcome`` is null in rows from before it was kept. ``hash`` covers every field but these two, which ``after`` says;
    ``previous`` is the hash of the row before."""

    organisation_id: Id
    sequence: int
    id: Id
    at: At
    done_at: At
    outcome: Outcome | None
    actor: str
    action: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str | None
    origin: str
    request_id: str
    previous: str
    hash: str


@view
class AuditPage(TypedDict):
    """In the order of the acts, newest first; ``next_cursor`` is the ``cursor`` of the next page, null on the last."""

    rows: list[AuditRow]
    next_cursor: str | None


class FindingView(TypedDict):
    """Something was done to the rows from ``first`` to ``last``."""

    first: int
    last: int
    what: str


class RestoreView(TypedDict):
    """The row that a promoted restore left: to which moment, by whom, and which rows before it were carried over from the database
    that it replaced, or are superseded because they could not be."""

    sequence: int
    restore: str
    at: At
    to: str
    started_by: str
    signed_by: str
    promoted_by: str
    carried_over: dict[str, int] | None
    superseded: dict[str, int] | None
    findings: list[str]


@view
class AuditVerification(TypedDict):
    """``verified`` rows were read, up to ``until``; ``next_cursor`` goes on from there, null at the chain's end.

    ``restores`` are promoted restores of the database: they explain rows, and excuse no finding.
    """

    organisation_id: Id
    verified: int
    until: int
    anchors: int
    findings: list[FindingView]
    restores: list[RestoreView]
    next_cursor: str | None
