"""What the runbook asks of CloudWatch. `make generate` writes it as data; here it is filled in for one stage."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.assets import ROOT

RUNBOOK = Path("shared") / "runbook.toml"
GENERATED = Path("monitoring") / "cloudwatch"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
HOUR_MINUTES = 60
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The runbook and what was generated from it, read below `root`."""

    stage: str
    root: Path = ROOT

    @cached_property
    def runbook(self) -> dict[str, Any]:
        return tomllib.loads((self.root / RUNBOOK).read_text())

    @property
    def namespace(self) -> str:
        """Of the metrics that requests are counted by, and of those that our functions publish."""
        return str(self._read("metrics")["namespace"])

    @property
    def access_log_filters(self) -> dict[str, str]:
        """Metric → filter pattern."""
        return {one["metric"]: one["pattern"] for one in self._read("metrics")["access_log_filters"]}

    @property
    def function_log_filters(self) -> dict[str, str]:
        """Metric → filter pattern."""
        return {one["metric"]: one["pattern"] for one in self._read("metrics")["function_log_filters"]}

    @property
    def metric_alarms(self) -> list[dict[str, Any]]:
        return list(self._read("alarms")["metric_alarms"])

    @property
    def composite_alarms(self) -> list[dict[str, Any]]:
        return list(self._read("alarms")["composite_alarms"])

    @property
    def brakes(self) -> list[str]:
        """Ids of the metric alarms that speak first when people are to be paged: the shortest window of each fast burn."""
        seconds_of = {one["id"]: one["period_seconds"] * one["evaluation_periods"] for one in self.metric_alarms}
        shortest = {
            min(one["all_of"], key=seconds_of.__getitem__) for one in self.composite_alarms if one["severity"] == "page"
        }
        soon = min(seconds_of[alarm] for alarm in shortest)
        return sorted(alarm for alarm in shortest if seconds_of[alarm] == soon)

    def dashboard(self, region: str) -> dict[str, Any]:
        return self._read("P09-Operations", region)

    def link(self, heading: str) -> str:
        """Where the runbook says what to do, for the end of an alarm's description."""
        return f"{self.runbook['service']['runbook_url']}#{heading}"

    def every(self, schedule: str) -> str:
        """A schedule of the runbook as EventBridge Scheduler takes it, in minutes of the hour."""
        found = self.runbook["schedules"][schedule]
        every, offset = seconds(found["every"]) // 60, seconds(found.get("offset", "0m")) // 60
        if every == 0 or HOUR_MINUTES % every:
            raise ValueError(f"schedules.{schedule}.every: {found['every']} does not divide an hour into minutes")
        return f"cron({offset} * * * ? *)" if every == HOUR_MINUTES else f"cron({offset}/{every} * * * ? *)"

    def every_seconds(self, schedule: str) -> int:
        return seconds(self.runbook["schedules"][schedule]["every"])

    def at(self, task: str) -> str:
        """The hour (UTC) of a daily or weekly task, as EventBridge Scheduler takes it."""
        found = self._task(task)
        if "weekday" in found:
            return f"cron(0 {found['hour']} ? * {found['weekday'][:3].upper()} *)"
        return f"cron(0 {found['hour']} * * ? *)"

    def monthly(self, task: str) -> str:
        """The hour (UTC) of a weekly task, on the first of its weekdays in each month."""
        found = self._task(task)
        # Scheduler documents the n-th weekday with numbers only, from Sunday, which is 1.
        return f"cron(0 {found['hour']} ? * {WEEKDAYS.index(found['weekday']) + 1}#1 *)"

    def grace_seconds(self, task: str) -> int:
        """After it, a task without a run record is missed."""
        return seconds(self._task(task)["grace"])

    def _task(self, task: str) -> dict[str, Any]:
        found: dict[str, Any] = self.runbook["tasks"].get(task) or self.runbook["schedules"][task]
        return found

    def _read(self, name: str, region: str = "") -> dict[str, Any]:
        text = (self.root / GENERATED / f"{name}.json").read_text()
        found: dict[str, Any] = json.loads(text.replace("${Stage}", self.stage).replace("${Region}", region))
        return found


def seconds(duration: str) -> int:
    """5m, 2h, 3d: as the runbook writes durations."""
    return int(duration[:-1]) * UNITS[duration[-1]]
