"""How much one customer may ask for, so that the others do not wait."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from shared.runbook.fields import Section, Text

LARGEST_BATCH: Final = 500  # events of one request

PositiveInt = Annotated[int, Field(gt=0)]


class RateLimit(Section):
    """``burst`` units at once, ``per_second`` in the long run."""

    of: Text
    per_second: PositiveInt
    burst: PositiveInt

    @model_validator(mode="after")
    def _a_batch_fits(self) -> Self:
        if "events" in self.of and self.burst < LARGEST_BATCH:
            raise ValueError(f"burst: must hold the largest batch, {LARGEST_BATCH} events")
        return self


class QuotaLimit(Section):
    of: Text
    units: PositiveInt


class Limits(Section):
    ingest_key: RateLimit
    ingest_organisation: RateLimit
    ingest_address: RateLimit
    query_key: RateLimit
    query_organisation: RateLimit
    person: RateLimit
    monthly_events: QuotaLimit
