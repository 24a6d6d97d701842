"""`p09 review …`: post-incident reviews, their sections, their actions, and closing them."""

import json
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.incident import show_timeline
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

review = typer.Typer(no_args_is_help=True, help="Post-incident reviews: what was learnt, and what is done about it.")
_PATH = "/v1/reviews"
_COLUMNS = ("id", "state", "due", "overdue", "owner", "open_actions", "title")
_SHOWN = ("id", "title", "state", "incident", "kpi", "decision", "owner", "due", "overdue", "summary", "impact",
          "contributing_factors", "went_well", "closed_by")  # fmt: skip

Id = Annotated[str, typer.Argument(metavar="ID", help="Such as PIR-20261124-133306-3f9a0c.")]
Due = Annotated[str | None, typer.Option(metavar="DATE", help="Such as 2026-12-24.")]
Section = Annotated[str | None, typer.Option()]


@review.command("list")
def list_reviews(
    context: typer.Context,
    *,
    state: Annotated[str | None, typer.Option(help="open or closed; all by default.")] = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Reviews, newest first."""
    found = _api(context).newest(_PATH, "reviews", limit, state=state)
    show_rows(found, _COLUMNS, as_json=as_json)


@review.command("show")
def show_review(context: typer.Context, review_id: Id, *, as_json: AsJson = False) -> None:
    """One review with its actions and the timeline of its records."""
    _show(_api(context).get(f"{_PATH}/{review_id}"), as_json=as_json)


@review.command("write")
def write(
    context: typer.Context,
    review_id: Id,
    *,
    summary: Section = None,
    impact: Section = None,
    contributing_factors: Section = None,
    went_well: Section = None,
    owner: Section = None,
    due: Due = None,
    as_json: AsJson = False,
) -> None:
    """Write sections of it, or give it another owner or date."""
    asked = {
        "summary": summary, "impact": impact, "contributing_factors": contributing_factors, "went_well": went_well,
        "owner": owner, "due": due,
    }  # fmt: skip
    _show(_api(context).patch(f"{_PATH}/{review_id}", _given(asked)), as_json=as_json)


@review.command("action")
def action(
    context: typer.Context,
    review_id: Id,
    action_id: Annotated[
        str | None, typer.Argument(metavar="ACTION", help="Change this one; a new one without.")
    ] = None,
    *,
    title: Section = None,
    owner: Section = None,
    due: Due = None,
    state: Annotated[str | None, typer.Option(help="open, done or dropped.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why it is dropped, or stays open after the review.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add an action (--title, --owner, --due), or change one."""
    path = f"{_PATH}/{review_id}/actions"
    asked = _given({"title": title, "owner": owner, "due": due, "state": state, "reason": reason})
    api = _api(context)
    _show(api.patch(f"{path}/{action_id}", asked) if action_id else api.post(path, asked), as_json=as_json)


@review.command("close")
def close(
    context: typer.Context,
    review_id: Id,
    *,
    note: Annotated[str, typer.Option("--note", "-m")] = "",
    as_json: AsJson = False,
) -> None:
    """It is done; exit code 1 while a section is empty or an action is open without a reason."""
    _show(_api(context).post(f"{_PATH}/{review_id}/close", {"note": note}), as_json=as_json)


def _api(context: typer.Context) -> Api:
    return session(context).operations(SRE)


def _given(asked: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value is not None}


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))
        return
    show({name: found[name] for name in _SHOWN if found[name] not in (None, "")}, as_json=False)
    for one in found["missing"]:
        print(f"before it can be closed: {one}")
    print()
    show_rows(found["actions"], ("id", "state", "due", "owner", "title", "reason"), as_json=False)
    print()
    show_timeline(found["timeline"])
