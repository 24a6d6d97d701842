"""What a change to production must have shown before it goes there."""

from typing import Annotated

from pydantic import Field, PositiveInt

from shared.runbook.fields import Duration, Number, Section


class LoadSnapshot(Section):
    """Slower is what is slower by the share and by the milliseconds; ``most_per_second`` bounds what a system that is
    not this machine is asked for."""

    per_second: PositiveInt
    most_per_second: PositiveInt
    most_seconds: PositiveInt
    slower_percent: Number
    slower_by_ms: PositiveInt
    more_errors_percent: Number
    most_errors_percent: Annotated[Number, Field(lt=100)]


class Delivery(Section):
    approval_valid_for: Duration
    evaluated_within: Duration
    load_snapshot: LoadSnapshot
