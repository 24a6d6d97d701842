"""What the runbook asks of incidents and reviews."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from shared.runbook.model import Runbook


@dataclass(frozen=True, kw_only=True)
class Rules:
    """``components`` are the titles of the service's components by their ids; ``reviewers`` who reviews a breach, by KPI;
    ``reviewer`` who does an incident that nobody owns; of the KPIs, a breach of the ``lasting_kpis`` lasts until its window
    ends, ``service_kpis`` judge the service, and customers feel a breach of ``impacting_kpis``."""

    resolve_after: timedelta
    page_acknowledged_within: timedelta
    ticket_acknowledged_within: timedelta
    review_due_within: timedelta
    remind_every: timedelta
    components: Mapping[str, str]
    reviewer: str
    reviewers: Mapping[str, str]
    lasting_kpis: AbstractSet[str]
    service_kpis: AbstractSet[str]
    impacting_kpis: AbstractSet[str]

    @classmethod
    def of(cls, runbook: Runbook) -> Self:
        asked, kpis = runbook.incidents, runbook.kpis.by_id()
        return cls(
            resolve_after=asked.resolve_after, page_acknowledged_within=asked.page_acknowledged_within,
            ticket_acknowledged_within=asked.ticket_acknowledged_within, review_due_within=asked.review_due_within,
            remind_every=asked.remind_every,
            components={name: one.title for name, one in runbook.components.items()}, reviewer=runbook.kpis.incidents.review,
            reviewers={name: kpi.review for name, kpi in kpis.items()},
            lasting_kpis=frozenset(name for name, kpi in kpis.items() if kpi.lasts),
            service_kpis=frozenset(name for name, kpi in kpis.items() if kpi.counts_requests),
            impacting_kpis=frozenset(name for name, kpi in kpis.items() if kpi.counts_failures),
        )  # fmt: skip
