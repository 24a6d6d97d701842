"""What a CloudWatch alarm means for incidents, from the notification that it publishes on SNS."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.incidents.signals import ALARM, HOUR, SERVICE, Evidence, Signal

# Functions without which customers are not served; the others' alarms are causes of their own.
SERVING: Final = ("-api", "-ingest-worker")
_OF_THE_RUNBOOK: Final = "-P09"  # infra names them p09-<stage>-P09…
_STATES: Final = {"ALARM": True, "OK": False}
_OF_KPIS: Final = ("Burn", "AboveTarget")
_IMPACTING: Final = ("P09Availability", "P09ErrorRate")
PATIENCE: Final = timedelta(minutes=2)  # for those that are no page: two probes, which say it better
_PAGE: Final = "[page] "
_TITLE: Final = 150


def signal_of_alarm(message: Mapping[str, Any]) -> Signal | None:
    """None for a state that says nothing: too little was measured."""
    failing = _STATES.get(message["NewStateValue"])
    if failing is None:
        return None
    name, changed = str(message["AlarmName"]), str(message["StateChangeTime"])
    description = str(message.get("AlarmDescription") or "")
    page = description.startswith(_PAGE)
    return Signal(
        id=f"alarm-{name}-{changed}-{message['NewStateValue']}", at=_moment(changed), source=f"alarm:{name}",
        cause=SERVICE if _is_of_the_service(name, message) else f"alarm:{name}", failing=failing,
        title=_title(name, description), why=_why(description, message, failing=failing), evidence=_evidence(name),
        severity="page" if page else "ticket", customer_impacting=page and any(kpi in name for kpi in _IMPACTING),
        patience=timedelta() if page else PATIENCE, links={"alarm": name},
    )  # fmt: skip


def _moment(text: str) -> datetime:
    """CloudWatch writes ``2026-11-24T12:00:00.000+0000``."""
    return datetime.fromisoformat(text)


def _is_of_the_service(name: str, message: Mapping[str, Any]) -> bool:
    """Those of the runbook are: KPIs, silence, stream, functions as a whole. Of the others it depends on the function."""
    if _OF_THE_RUNBOOK in name:
        return True
    dimensions = message.get("Trigger", {}).get("Dimensions", [])
    watched = [str(one.get("value") or one.get("Value")) for one in dimensions]
    return any(one.removesuffix("-failures").endswith(SERVING) for one in watched)


def _evidence(name: str) -> Evidence:
    return HOUR if any(part in name for part in _OF_KPIS) else ALARM


def _why(description: str, message: Mapping[str, Any], *, failing: bool) -> str:
    """What to do, which the description says behind its first sentence; CloudWatch's own reason is an expression."""
    if not failing:
        return "The alarm is over."
    advice = description.partition(". ")[2].strip() if description.startswith("[") else ""
    return advice or str(message.get("NewStateReason") or description)


def _title(name: str, description: str) -> str:
    """The description's first sentence, by which people recognise it."""
    text = description.removeprefix(_PAGE).removeprefix("[ticket] ").partition(". ")[0].strip()
    return f"Alarm: {text[:_TITLE] or name}" if "[" in description[:1] else f"Alarm {name}"[:_TITLE]
