"""What the API says of the audit trail."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from shared.platform.views import view

# Texts, as exports have them: what was hashed is shown as it was written.
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class AuditRow(TypedDict):
    """``hash`` covers every other field, and ``previous`` is the hash of the row before."""

    organisation_id: Id
    sequence: int
    id: Id
    at: At
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
    """Newest first; ``next_cursor`` is the ``cursor`` of the next page, null on the last."""

    rows: list[AuditRow]
    next_cursor: str | None


class FindingView(TypedDict):
    """Something was done to the rows from ``first`` to ``last``."""

    first: int
    last: int
    what: str


@view
class AuditVerification(TypedDict):
    """``verified`` rows were read, up to ``until``; ``next_cursor`` goes on from there, null at the chain's end."""

    organisation_id: Id
    verified: int
    until: int
    anchors: int
    findings: list[FindingView]
    next_cursor: str | None
