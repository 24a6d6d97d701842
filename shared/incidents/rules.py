"""What the runbook asks of incidents and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from shared.runbook.model import Runbook


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``components`` are the titles of the service's components by their ids; ``reviewers`` who reviews a breach, by KPI;
    ``reviewer`` who does an incident that nobody owns."""

    resolve_after: timedelta
    page_acknowledged_within: timedelta
    ticket_acknowledged_within: timedelta
    review_due_within: timedelta
    remind_every: timedelta
    components: Mapping[str, str]
    reviewer: str
    reviewers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, runbook: Runbook) -> Self:
        asked, kpis = runbook.incidents, runbook.kpis
        return cls(
            resolve_after=asked.resolve_after, page_acknowledged_within=asked.page_acknowledged_within,
            ticket_acknowledged_within=asked.ticket_acknowledged_within, review_due_within=asked.review_due_within,
            remind_every=asked.remind_every,
            components={name: one.title for name, one in runbook.components.items()}, reviewer=kpis.incidents.review,
            reviewers={name: getattr(kpis, name).review for name in type(kpis).model_fields},
        )  # fmt: skip
