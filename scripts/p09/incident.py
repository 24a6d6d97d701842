"""`p09 incident …`: what is open, what happened, and acting on it."""

import json
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

incident = typer.Typer(no_args_is_help=True, help="Incidents: list, show, open, acknowledge, update, merge, resolve.")
_PATH = "/v1/incidents"
_COLUMNS = ("id", "state", "severity", "customers", "owner", "signals", "title")
_SHOWN = ("id", "title", "state", "severity", "customers", "components", "owner", "signals", "failing", "opened_at",
          "acknowledged_by", "resolved_at", "merged_into", "review", "may")  # fmt: skip

Id = Annotated[str, typer.Argument(metavar="ID", help="Such as INC-20261124-133306-3f9a0c.")]
Note = Annotated[str, typer.Option("--note", "-m", help="What to say; it stands in the timeline.")]
Public = Annotated[bool, typer.Option("--public", help="The note is for customers' eyes: the status page shows it.")]
Severity = Annotated[str | None, typer.Option(help="page or ticket.")]
Impact = Annotated[bool | None, typer.Option("--impact/--no-impact", help="Whether customers are concerned.")]
Owner = Annotated[str | None, typer.Option(help="Who attends to it.")]
Component = Annotated[list[str] | None, typer.Option(help="A component of the status page; may be repeated.")]


@incident.command("list")
def list_incidents(
    context: typer.Context,
    *,
    state: Annotated[
        str | None, typer.Option(help="open, investigating, identified, monitoring or resolved; all by default.")
    ] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Incidents, newest first."""
    found = _api(context).newest(_PATH, "incidents", limit, state=state)
    rows = found if as_json else [one | {"customers": _customers(one)} for one in found]
    show_rows(rows, _COLUMNS, as_json=as_json)


@incident.command("show")
def show_incident(context: typer.Context, incident_id: Id, *, as_json: AsJson = False) -> None:
    """One incident with its timeline."""
    _show(_api(context).get(f"{_PATH}/{incident_id}"), as_json=as_json)


@incident.command("open")
def open_incident(
    context: typer.Context,
    title: str,
    *,
    severity: Severity = None,
    impact: Impact = None,
    owner: Owner = None,
    component: Component = None,
    note: Note = "",
    public: Public = False,
    as_json: AsJson = False,
) -> None:
    """Open an incident that you have noticed; exit code 1 if one of that title is open."""
    wanted = {"title": title, "note": note, "public": public} | _set(severity, owner, component, impact=impact)
    _show(_api(context).post(_PATH, wanted), as_json=as_json)


@incident.command("ack")
def acknowledge(context: typer.Context, incident_id: Id, *, note: Note = "", as_json: AsJson = False) -> None:
    """Attend to it: nobody else is called."""
    _act(context, incident_id, "acknowledge", {"note": note}, as_json=as_json)


@incident.command("update")
def update(
    context: typer.Context,
    incident_id: Id,
    *,
    note: Note = "",
    public: Public = False,
    title: Annotated[str | None, typer.Option()] = None,
    state: Annotated[str | None, typer.Option(help="investigating, identified or monitoring.")] = None,
    severity: Severity = None,
    impact: Impact = None,
    owner: Owner = None,
    component: Component = None,
    as_json: AsJson = False,
) -> None:
    """Say something, or set something that signals then leave alone."""
    wanted = {"note": note, "public": public} | _set(severity, owner, component, impact=impact)
    wanted |= {name: value for name, value in (("title", title), ("state", state)) if value is not None}
    _act(context, incident_id, "updates", wanted, as_json=as_json)


@incident.command("merge")
def merge(
    context: typer.Context,
    incident_id: Id,
    *,
    into: Annotated[str, typer.Option(metavar="ID", help="The incident that it is part of.")],
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """End it as part of another one, which is shown."""
    _act(context, incident_id, "merge", {"into": into, "note": note}, as_json=as_json)


@incident.command("resolve")
def resolve(
    context: typer.Context,
    incident_id: Id,
    *,
    note: Note = "",
    public: Public = False,
    although_failing: Annotated[bool, typer.Option("--although-failing", help="What opened it still fails.")] = False,
    as_json: AsJson = False,
) -> None:
    """It is over; exit code 1 if that can't be."""
    wanted = {"note": note, "public": public, "although_failing": although_failing}
    _act(context, incident_id, "resolve", wanted, as_json=as_json)


@incident.command("reopen")
def reopen(
    context: typer.Context,
    incident_id: Id,
    *,
    note: Annotated[str, typer.Option("--note", "-m", help="Why it is not over.")],
    public: Public = False,
    as_json: AsJson = False,
) -> None:
    """It is not over after all."""
    _act(context, incident_id, "reopen", {"note": note, "public": public}, as_json=as_json)


def _api(context: typer.Context) -> Api:
    return session(context).operations(SRE)


def _act(context: typer.Context, incident_id: str, what: str, body: dict[str, Any], *, as_json: bool) -> None:
    _show(_api(context).post(f"{_PATH}/{incident_id}/{what}", body), as_json=as_json)


def _set(
    severity: str | None, owner: str | None, components: list[str] | None, *, impact: bool | None
) -> dict[str, Any]:
    asked = {"severity": severity, "customer_impacting": impact, "owner": owner, "components": components or None}
    return {name: value for name, value in asked.items() if value is not None}


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))
        return
    plain = found | {"customers": _customers(found)}
    show({name: _text(plain[name]) for name in _SHOWN if plain[name] or name == "owner"}, as_json=False)
    print()
    show_timeline(found["timeline"])


def show_timeline(timeline: list[dict[str, Any]]) -> None:
    for entry in timeline:
        mark = " (public)" if entry["public"] else ""
        print(f"{entry['at']}  {entry['state']:<13}  {entry['by'] or '-'}: {entry['text']}{mark}")


def _customers(one: dict[str, Any]) -> str:
    return "impacted" if one["customer_impacting"] else "not impacted"


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "nobody")
