"""`p09 announce …`: what was announced where, what waits, what was given up; and announcements of one's own."""

import json
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

announce = typer.Typer(no_args_is_help=True, help="Announcements in Slack, by e-mail and by signed webhooks.")
_PATH = "/v1/announcements"
_AT_ONCE = 50
_COLUMNS = ("id", "kind", "title", "messages")


@announce.command("send")
def send(
    context: typer.Context,
    title: str,
    *,
    summary: Annotated[str, typer.Option(help="What is done, and why.")],
    impact: Annotated[str, typer.Option(help="What its users will notice.")] = "",
    kind: Annotated[str, typer.Option(help="planned_deployment or notice.")] = "planned_deployment",
    channel: Annotated[list[str] | None, typer.Option(help="Those of the kind by default; may be repeated.")] = None,
    thread: Annotated[str | None, typer.Option(help="Answer in this thread, such as incident:ID.")] = None,
    as_json: AsJson = False,
) -> None:
    """Announce something. It is kept, and sent within seconds."""
    body: dict[str, Any] = {"kind": kind, "title": title, "summary": summary, "impact": impact}
    body |= {name: value for name, value in (("channels", channel), ("thread", thread)) if value}
    _show(_api(context).post(_PATH, body), as_json=as_json)


@announce.command("list")
def list_announcements(
    context: typer.Context,
    *,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """What was announced, newest first."""
    found = _api(context).get(_PATH, limit=str(limit))
    rows = found["announcements"]
    show_rows(rows if as_json else [one | {"messages": _states(one)} for one in rows], _COLUMNS, as_json=as_json)
    if not as_json:
        print(f"{found['waiting']} messages wait, {found['dead']} were given up")


@announce.command("show")
def show_announcement(context: typer.Context, announcement: str, *, as_json: AsJson = False) -> None:
    """One announcement, with what became of it in each channel."""
    _show(_api(context).get(f"{_PATH}/{announcement}"), as_json=as_json)


@announce.command("dead-letters")
def dead_letters(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Messages that were given up, and why; exit code 1 when there are any."""
    rows = _dead(_api(context))
    show_rows(rows, ("id", "name", "attempts", "error"), as_json=as_json)
    if rows:
        raise typer.Exit(1)


@announce.command("replay")
def replay(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="Of messages; all that were given up by default.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Send messages again, with the same dedup key; exit code 1 when one could not be."""
    api = _api(context)
    wanted = ids or [one["id"] for one in _dead(api)]
    outcome: dict[str, list[str]] = {"replayed": [], "skipped": []}
    for begin in range(0, len(wanted), _AT_ONCE):
        answer = api.post(f"{_PATH}/replay", {"ids": wanted[begin : begin + _AT_ONCE]})
        outcome = {name: [*some, *answer[name]] for name, some in outcome.items()}
    show(outcome if as_json else {name: ", ".join(some) or "none" for name, some in outcome.items()}, as_json=as_json)
    if outcome["skipped"]:
        raise typer.Exit(1)


def _api(context: typer.Context) -> Api:
    return session(context).operations(SRE)


def _dead(api: Api) -> list[dict[str, Any]]:
    found = api.pages(_PATH, "announcements", state="dead")
    return [message for one in found for message in one["deliveries"] if message["state"] == "dead"]


def _show(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(one, indent=2))
        return
    print(f"{one['id']}  {one['kind']}  {one['thread']}\n\n{one['text']}\n")
    show_rows(one["deliveries"], ("id", "name", "state", "attempts", "sent_at", "error"), as_json=False)


def _states(one: dict[str, Any]) -> str:
    return ", ".join(f"{message['name']}: {message['state']}" for message in one["deliveries"]) or "none"
