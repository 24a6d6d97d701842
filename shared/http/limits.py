"""How much a caller may ask for, and what they are told of it (RateLimit headers of the IETF's draft)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from shared.identity.identity import KeyBearer, Person, Pipeline
from shared.platform.limits import LimitExceeded, Quota, Rate, Take, Within

# Limits of ingest are one step with the append, and hence in its slot.
_INGEST: Final = "{{ingest}}:limit:{}:{}"
_QUERY: Final = "{{limits}}:{}:{}"
_QUOTA_SECONDS: Final = int(timedelta(days=32).total_seconds())
_MONTHLY: Final = "monthly_events"
_NAMES: Final = {"ingest_key": "write key", "query_key": "read key"}  # where people call it otherwise than the runbook


@dataclass(frozen=True)
class Limits:
    """The runbook's limits by their names; without any, nobody is limited."""

    rates: Mapping[str, Rate] = field(default_factory=dict)
    monthly_events: int = 0

    @classmethod
    def read(cls, text: str) -> "Limits":
        """As the settings hold them: the runbook's table as JSON, or nothing."""
        table: dict[str, Any] = json.loads(text) if text else {}
        rates = {
            name: Rate(per_second=one["per_second"], burst=one["burst"])
            for name, one in table.items()
            if "burst" in one
        }
        return cls(rates, table[_MONTHLY]["units"] if table else 0)

    def __bool__(self) -> bool:
        return bool(self.rates)

    def of_ingest(
        self, organisation: UUID, events: int, now: datetime, *, key: str = "", address: str = ""
    ) -> list[Take]:
        """What a request with these events takes. ``address`` is an alias: addresses are stored nowhere."""
        if not self:
            return []
        who = {"ingest_key": key, "ingest_address": address, "ingest_organisation": str(organisation)}
        quota = Quota(units=self.monthly_events, seconds=_QUOTA_SECONDS)
        month = f"{organisation}:{now:%Y-%m}"
        return [
            *(self._take(name, _INGEST, one, events) for name, one in who.items() if one),
            Take(name=_MONTHLY, key=_INGEST.format(_MONTHLY, month), limit=quota, cost=events),
        ]

    def of_queries(self, caller: KeyBearer | Person | Pipeline | None) -> list[Take]:
        """What one request of a tenant takes; sending events has limits of its own."""
        match caller:
            case Person() if self:
                return [self._take("person", _QUERY, caller.subject)]
            case KeyBearer(kind="read") if self:
                return [
                    self._take("query_key", _QUERY, caller.prefix),
                    self._take("query_organisation", _QUERY, str(caller.organisation)),
                ]
        return []

    def _take(self, name: str, form: str, who: str, cost: int = 1) -> Take:
        return Take(name=name, key=form.format(name, who), limit=self.rates[name], cost=cost)


def headers_within(within: Within) -> dict[str, str]:
    """What is left of the tightest limit."""
    if within.tightest is None:
        return {}
    return _headers(within.tightest, within.left, within.full_in_ms)


def told(error: LimitExceeded) -> tuple[str, dict[str, str]]:
    """What to answer to somebody who asked for too much."""
    seconds = math.ceil(error.retry_ms / 1000)
    headers = _headers(error.take, error.left, error.retry_ms) | {"retry-after": str(seconds)}
    return f"{_limit(error.take)}: try again in {seconds} s", headers


def _limit(take: Take) -> str:
    name = _NAMES.get(take.name, take.name.replace("_", " "))
    match take.limit:
        case Rate(per_second=per_second, burst=burst):
            return f"the limit {name} is {per_second:,} a second and {burst:,} at once"
        case Quota(units=units):
            return f"the quota {name} is {units:,}"


def _headers(take: Take, left: int, milliseconds: int) -> dict[str, str]:
    policy = f'"{take.name}"'
    match take.limit:
        case Rate(per_second=per_second, burst=burst):
            size = f"{policy};q={burst};w={math.ceil(burst / per_second)}"
        case Quota(units=units, seconds=seconds):
            size = f"{policy};q={units};w={seconds}"
    return {"ratelimit-policy": size, "ratelimit": f"{policy};r={left};t={math.ceil(milliseconds / 1000)}"}
