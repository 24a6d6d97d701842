"""docs/runbook.md: the runbook for people, from the same data that functions execute."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from scripts.generate.alerts import Alert, anchor, burn_alerts, further_alert, number, target_alerts
from shared.kpi.objectives import incidents_objective, objectives
from shared.kpi.why import percent, target_text
from shared.platform.moments import duration
from shared.runbook.fields import duration_text
from shared.runbook.model import Runbook
from shared.runbook.tasks import Schedule, Task


def runbook_page(runbook: Runbook) -> str:
    service = runbook.service
    sections = (
        f"# {service.name} · {service.title} — Operations Runbook",
        f"> **Audience:** {service.audience}",
        "Generated from `shared/runbook.toml` by `make generate`: change it there. Functions execute the same file.",
        *_daily_tasks(runbook),
        *_schedules(runbook),
        *_targets(runbook),
        *_measuring(runbook),
        *_burn_rates(runbook),
        *_alerts(runbook),
        *_communication(runbook),
        *_secrets(runbook),
    )
    return "\n\n".join(sections) + "\n"


def _daily_tasks(runbook: Runbook) -> Iterator[str]:
    yield "## Daily tasks"
    yield _table(
        ("Time (UTC)", "Task", "Responsible", "Tooling", "Missed after", "Passes when"),
        (
            (f"{task.hour:02}:00", task.title, task.responsible, task.tooling, duration(task.grace), _passes(task))
            for task in sorted(runbook.tasks.by_id().values(), key=lambda task: task.hour)
        ),
    )


def _passes(task: Task) -> str:
    own = {name: getattr(task, name) for name in type(task).model_fields if name not in Task.model_fields}
    return "; ".join(f"{name.removesuffix('_percent').replace('_', ' ')} {_value(name, own[name])}" for name in own)


def _value(name: str, value: object) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, list):
        return ", ".join(f"`{part}`" for part in value)
    return f"{value}%" if name.endswith("_percent") else str(value)


def _schedules(runbook: Runbook) -> Iterator[str]:
    yield '<a id="further-schedules"></a>\n\n## Further schedules'  # alarms on them link here
    rows = ((schedule.title, _when(schedule)) for schedule in runbook.schedules.by_id().values())
    yield _table(("What", "When (UTC)"), rows)


def _when(schedule: Schedule) -> str:
    if schedule.every is None:
        return f"{schedule.weekday or 'every day'} {schedule.hour:02}:00"
    offset = f", {duration(schedule.offset)} after the full period" if schedule.offset else ""
    return f"every {duration(schedule.every)}{offset}"


def _targets(runbook: Runbook) -> Iterator[str]:
    yield "## KPI targets"
    yield "A value on the boundary meets its target. Missing a target opens a post-incident review, once."
    yield _table(
        ("KPI", "Target", "Judged from", "Error budget", "Review by"),
        (
            *(
                (
                    f"**{one.title}**", target_text(one), f"{one.minimum_samples} requests",
                    f"{percent(1 - one.target)} of the requests of the {one.budget_window}",
                    runbook.kpis.by_id()[one.id].review,
                )
                for one in objectives(runbook)
            ),
            (
                f"**{runbook.kpis.incidents.title}**", target_text(incidents_objective(runbook)), "the first",
                f"{runbook.kpis.incidents.maximum} incidents", runbook.kpis.incidents.review,
            ),
        ),
    )  # fmt: skip


def _measuring(runbook: Runbook) -> Iterator[str]:
    slices = runbook.slices
    yield "## How they are measured"
    counts = (
        "does not count, and how much was left out is shown" if runbook.exclusions.planned_maintenance else "counts"
    )
    bounds = ", ".join(map(str, slices.latency_bounds_ms))
    yield f"""\
- Every window is a sum of slices of {duration(slices.length)}; the last {slices.reread} are read again, because metrics \
arrive late. Ratios are never averaged.
- Latency is counted in buckets up to {bounds} ms, so that {runbook.kpis.latency.target_ms} ms is judged exactly; a shown \
percentile is interpolated.
- Requests of long routes ({", ".join(f"`{route}`" for route in runbook.kpis.long_latency.routes)}) count for the latency of \
long routes and not for the other; their failures count like any.
- Availability is reported three ways and never blended: by request (the KPI), by slice (bad above \
{number(slices.bad_above_percent)}% of 5xx) and by probe (from {runbook.probes.minimum_runs} runs).
- Fewer requests than a verdict needs are `insufficient data`, none at all are `no data`: neither is green or red.
- Planned maintenance {counts}."""


def _burn_rates(runbook: Runbook) -> Iterator[str]:
    yield "## Burn rates"
    yield (
        "Both windows must burn faster than the factor, and the long one must have enough requests. "
        f"The factor is the share of the budget of {duration(runbook.burn_rates.period)} that is gone by then."
    )
    budgeted = [one for one in objectives(runbook) if one.pairs]
    yield _table(
        ("Pair", "Severity", "Factor", "Windows", "Share of the budget", *(f"{one.title}: bad above" for one in budgeted)),
        (
            (
                pair.name, pair.severity, number(pair.factor), f"{duration_text(pair.long)} and {duration_text(pair.short)}",
                f"{number(source.budget_percent)}%",
                *(percent(pair.factor * (1 - one.target)) for one in budgeted),
            )
            for pair, source in zip(budgeted[0].pairs, runbook.burn_rates.pairs, strict=True)
        ),
    ) if budgeted else "No KPI has burn-rate alerts."  # fmt: skip


def _alerts(runbook: Runbook) -> Iterator[str]:
    yield "## When an alert fires"
    raised: list[Alert] = [*burn_alerts(runbook), *target_alerts(runbook)]
    for name, kpi in runbook.kpis.by_id().items():
        own = [alert for alert in raised if alert.url.endswith(f"#{anchor(name)}")]
        yield _heading(name, kpi.title)
        yield f"**What to do.** {kpi.do}"
        if own:
            yield "\n".join(f"- `{alert.name}` ({alert.severity}): {alert.happened}" for alert in own)
    for name in type(runbook.alerts).model_fields:
        alert = further_alert(runbook, name)
        yield _heading(name, alert.title)
        yield f"`{alert.name}` ({alert.severity}): {alert.happened}"
        yield f"**What to do.** {alert.do}"


def _heading(name: str, title: str) -> str:
    """The anchor stands beside the title, so that alerts link to it whatever the title becomes."""
    return f'<a id="{anchor(name)}"></a>\n\n### {title}'


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _communication(runbook: Runbook) -> Iterator[str]:
    communication = runbook.communication
    yield f'<a id="{anchor("communication")}"></a>\n\n## Communication'
    yield (
        f"A message that can't be sent is tried again for {duration(communication.give_up_after)}, and then is a dead letter: "
        "`p09 announce dead-letters` says why, `p09 announce replay` sends it again. Within a thread the order is kept; a "
        f"message waits {duration(communication.patience)} at most for those before it."
    )
    yield _table(
        ("Channel", "By", "What goes there"),
        (
            (one.name, one.via, ", ".join(kind.replace("_", " ") for kind in one.kinds))
            for one in communication.channels.values()
        ),
    )


def _secrets(runbook: Runbook) -> Iterator[str]:
    yield '<a id="secrets"></a>\n\n## Secrets'  # the alarm on them links here
    yield (
        "`p09 secrets list` shows their age, `p09 secrets rotate NAME` rotates one now. The current version and the one before "
        "work side by side, so that no request fails. `credential_reconciliation` fails when one is more than a week overdue."
    )
    yield _table(
        ("Secret", "Rotates", "Due after", "Why not of itself"),
        (
            (
                one.title,
                "by schedule" if one.scheduled else "on demand" if one.kind else "-",
                duration(runbook.due_after(name)) if one.stored else "-",
                one.why or "",
            )
            for name, one in runbook.secrets.items()
        ),
    )
