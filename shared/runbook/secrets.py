"""Every secret of a stage: how it rotates, or why no function of ours rotates it."""

from typing import Literal, Self

from pydantic import model_validator

from shared.runbook.fields import Duration, Section, Text

Kind = Literal["postgres_login", "valkey_token", "canary_keys", "webhook_keys"]


class Secret(Section):
    """In Secrets Manager its name is the stage's prefix and its own, unless it is ``stored`` elsewhere."""

    title: Text
    kind: Kind | None = None
    on_demand: bool = False
    every: Duration | None = None
    stored: bool = True
    why: Text | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if (self.kind is None or self.on_demand) and self.why is None:
            raise ValueError("why: what no function rotates of itself needs a reason")
        if self.kind is not None and not self.stored:
            raise ValueError("stored: only what Secrets Manager holds is rotated by a function")
        return self

    @property
    def scheduled(self) -> bool:
        """Whether Secrets Manager has it rotated, nobody asking."""
        return self.kind is not None and not self.on_demand
