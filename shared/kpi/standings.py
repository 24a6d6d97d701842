"""What was last told of each KPI, as JSON."""

import json
from datetime import datetime
from typing import Any

from shared.kpi.changes import Standing, Standings
from shared.platform.moments import moment, stamp


def to_text(standings: Standings) -> str:
    kpis = {
        name: {
            "breached": one.breached,
            "exhausted": one.exhausted,
            "period": _stamp(one.period),
            "budget_period": _stamp(one.budget_period),
        }
        for name, one in standings.kpis.items()
    }
    return json.dumps({"kpis": kpis, "silent": standings.silent, "at": _stamp(standings.at)})


def from_text(text: str) -> Standings:
    read: dict[str, Any] = json.loads(text)
    kpis = {
        name: Standing(
            breached=one["breached"],
            exhausted=one["exhausted"],
            period=_moment(one["period"]),
            budget_period=_moment(one["budget_period"]),
        )
        for name, one in read["kpis"].items()
    }
    return Standings(kpis=kpis, silent=read["silent"], at=_moment(read["at"]))


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
