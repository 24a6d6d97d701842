"""The runbook as typed, frozen data. What stands in ``shared/runbook.toml`` and nothing else is allowed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.runbook.communication import Communication
from shared.runbook.delivery import Delivery
from shared.runbook.fields import Section, Text
from shared.runbook.limits import Limits
from shared.runbook.measuring import Alerts, BurnRates, Exclusions, Kpis, Prometheus, Slices
from shared.runbook.secrets import Secret
from shared.runbook.tasks import Component, Incidents, Probes, Schedules, Tasks

ComponentId = Annotated[str, Field(pattern="^[a-z_]+$")]
SecretName = Annotated[str, Field(pattern="^[a-z][a-z-]*$")]


class Service(Section):
    name: Text
    title: Text
    audience: Text
    runbook_url: Annotated[str, Field(pattern=r"^https?://[^\s#]+[^\s#/]$")]


class Runbook(Section):
    service: Service
    prometheus: Prometheus
    kpis: Kpis
    slices: Slices
    probes: Probes
    components: Annotated[Mapping[ComponentId, Component], Field(min_length=1)]
    incidents: Incidents
    communication: Communication
    delivery: Delivery
    burn_rates: BurnRates
    exclusions: Exclusions
    limits: Limits
    alerts: Alerts
    tasks: Tasks
    schedules: Schedules
    secrets: Mapping[SecretName, Secret]

    @model_validator(mode="after")
    def _are_exact(self) -> Self:
        for kpi in (self.kpis.latency, self.kpis.long_latency):
            if kpi.target_ms not in self.slices.latency_bounds_ms:
                raise ValueError(
                    f"kpis.{kpi.kind}.target_ms: must be one of slices.latency_bounds_ms, or verdicts are not exact"
                )
        return self

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if unknown := set(self.communication.reports) - set(self.tasks.by_id()):
            raise ValueError(f"communication.reports: {', '.join(sorted(unknown))} is no daily task")
        if self.schedules.secret_rotation.every is None:
            raise ValueError("schedules.secret_rotation: needs `every`, after which a secret is due")
        length = self.slices.length
        for place, window in (
            *((f"burn_rates.pairs.{n}.{end}", getattr(pair, end)) for n, pair in enumerate(self.burn_rates.pairs)
              for end in ("long", "short")),
            ("burn_rates.forecast_over", self.burn_rates.forecast_over),
            ("alerts.no_data.after", self.alerts.no_data.after),
        ):  # fmt: skip
            if window % length:
                raise ValueError(f"{place}: must be a whole number of slices")
        known = (*self.tasks.health_check.paths, "console", "canary")
        for name, component in self.components.items():
            for check in component.checks:
                if check not in known:
                    raise ValueError(f"components.{name}.checks: {check!r} is none of {', '.join(known)}")
        named = {check for component in self.components.values() for check in component.checks}
        if unwatched := [check for check in known if check not in named]:
            raise ValueError(f"components: none names the check {unwatched[0]!r}, so its failures would be nobody's")
        return self

    def due_after(self, secret: str) -> timedelta:
        """How old a secret may become. Raises LookupError."""
        every = self.secrets[secret].every or self.schedules.secret_rotation.every
        assert every is not None  # noqa: S101  # `_agree` has seen it
        return every
