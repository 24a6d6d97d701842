"""`p09 calendar …`: maintenances and freezes: what is planned, planning, changing, cancelling."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import LEAD, SRE

calendar = typer.Typer(
    no_args_is_help=True, help="Maintenances and freezes: what is planned, planning, changing, cancelling."
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_AHEAD = re.compile(r"\+?(\d{1,4})([mhd])")
_COLUMNS = ("id", "state", "start", "end", "components", "title")

EntryId = Annotated[str, typer.Argument(metavar="ID")]
Start = Annotated[str, typer.Option(help="Such as 2026-12-01T22:00 (UTC), now, or +2h.")]
End = Annotated[str, typer.Option(help="A time as for --start, or how long it lasts: 90m, 2h, 1d.")]
Reason = Annotated[str, typer.Option(help="Why; of a maintenance, customers read it.")]
Components = Annotated[list[str] | None, typer.Option("--component", help="What it concerns; may be repeated.")]


@calendar.command("list")
def list_entries(
    context: typer.Context,
    *,
    start: Annotated[str | None, typer.Option("--from", help="Of the span; 30 days ago by default.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Of the span; 120 days later by default.")] = None,
    kind: Annotated[str | None, typer.Option(help="maintenance or freeze.")] = None,
    as_json: AsJson = False,
) -> None:
    """What has a part in a span, by its start."""
    now = datetime.now(UTC)
    asked = {"from": start and _moment(start, now), "to": end and _moment(end, now), "kind": kind}
    found = list(_api(context).pages("/v1/calendar", "entries", **{name: one for name, one in asked.items() if one}))
    rows = [one | {"components": ",".join(one["components"]) or "-"} for one in found]
    show_rows(found if as_json else rows, _COLUMNS, as_json=as_json)


def _planning(kind: str) -> Callable[..., None]:
    def plan(
        context: typer.Context,
        title: str,
        *,
        start: Start,
        end: End,
        reason: Reason,
        component: Components = None,
        as_json: AsJson = False,
    ) -> None:
        what = {"kind": kind, "title": title, "reason": reason, "components": component or []}
        _plan(context, what, start, end, as_json=as_json)

    return plan


calendar.command(
    "plan", help="Plan a maintenance: it silences, is left out of the KPIs, and stands on the status page."
)(_planning("maintenance"))
calendar.command("freeze", help="Plan a freeze: no change goes to production in it.")(_planning("freeze"))


@calendar.command("change")
def change(
    context: typer.Context,
    entry: EntryId,
    *,
    title: Annotated[str | None, typer.Option()] = None,
    start: Annotated[str | None, typer.Option(help="Only until it has begun.")] = None,
    end: Annotated[str | None, typer.Option(help="A time, or +30m from now.")] = None,
    reason: Annotated[str | None, typer.Option()] = None,
    component: Components = None,
    as_json: AsJson = False,
) -> None:
    """Change a plan, or move the end of what has begun."""
    now = datetime.now(UTC)
    changes = {
        "title": title, "reason": reason, "components": component,
        "start": _moment(start, now) if start else None, "end": _moment(end, now) if end else None,
    }  # fmt: skip
    changed = {name: value for name, value in changes.items() if value is not None}
    _show(_api(context).patch(f"/v1/calendar/{entry}", changed), as_json=as_json)


@calendar.command("second")
def second(
    context: typer.Context,
    entry: EntryId,
    *,
    role: Annotated[str, typer.Option(help="Who agrees: not the person who planned it.")] = LEAD,
    as_json: AsJson = False,
) -> None:
    """Agree, as a second person, to a maintenance that begins during an outage."""
    _show(session(context).operations(role).post(f"/v1/calendar/{entry}/second", {}), as_json=as_json)


@calendar.command("cancel")
def cancel(
    context: typer.Context,
    entry: EntryId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is announced.")],
    as_json: AsJson = False,
) -> None:
    """Cancel a plan; what has begun ends now."""
    _show(_api(context).post(f"/v1/calendar/{entry}/cancel", {"reason": reason}), as_json=as_json)


def _plan(context: typer.Context, what: dict[str, Any], start: str, end: str, *, as_json: bool) -> None:
    """An end without a plus says how long it lasts."""
    now = datetime.now(UTC)
    begin = _moment(start, now)
    lasts = not end.startswith("+") and _AHEAD.fullmatch(end)
    body = what | {"start": begin, "end": _moment(end, datetime.fromisoformat(begin) if lasts else now)}
    _show(_api(context).post("/v1/calendar", body), as_json=as_json)


def _moment(text: str, base: datetime) -> str:
    """``now``, so long after ``base``, or a time, which is UTC if it does not say otherwise."""
    if text == "now":
        return base.isoformat()
    if found := _AHEAD.fullmatch(text):
        return (base + timedelta(**{_UNITS[found[2]]: int(found[1])})).isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no time: write 2026-12-01T22:00, now, or +2h") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _show(entry: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(entry, indent=2))
        return
    show(entry | {"components": ", ".join(entry["components"]) or "-"}, as_json=False)


def _api(context: typer.Context) -> Api:
    return session(context).operations(SRE)
