"""`p09 change …`: what is on its way to production, what keeps it, and letting it through."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.change_demo import demo
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import DEVELOPER, LEAD, SRE

change = typer.Typer(
    no_args_is_help=True, help="Changes: what is on its way to production, what keeps it, and letting it through."
)
_PATH = "/v1/changes"
_COLUMNS = ("id", "state", "author", "closed", "title")
_SHOWN = (
    "id", "title", "state", "demo", "author", "committers", "impact", "planned_for", "commit", "digest", "approved", "override",
)  # fmt: skip

Id = Annotated[str, typer.Argument(metavar="ID", help="Such as CHG-20261124T133306Z-3f9a0c.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the change's story and is announced.")]
Digest = Annotated[str, typer.Option(help="SHA-256 of build/assembly.tar.gz, as make assembly prints it.")]
Commit = Annotated[str, typer.Option(help="The commit that it was built from, in full.")]
Committers = Annotated[
    list[str] | None, typer.Option("--committer", help="Mail address of who wrote a commit of it; may be repeated.")
]
Role = Annotated[str, typer.Option(help="As whom, on the local system.")]


@change.command("list")
def list_changes(context: typer.Context, *, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Changes, newest first, with the gates that keep them."""
    found = _api(context, SRE).newest(_PATH, "changes", limit)
    rows = found if as_json else [one | {"closed": ",".join(_closed(one)) or "-"} for one in found]
    show_rows(rows, _COLUMNS, as_json=as_json)


@change.command("show")
def show_change(context: typer.Context, change_id: Id, *, as_json: AsJson = False) -> None:
    """One change with its gates and its story."""
    _show(_api(context, SRE).get(f"{_PATH}/{change_id}"), as_json=as_json)


@change.command("plan")
def plan(
    context: typer.Context,
    title: str,
    *,
    impact: Annotated[str, typer.Option(help="What people are to expect; it is announced ahead of time.")],
    commit: Commit,
    digest: Digest,
    committed_at: Annotated[datetime | None, typer.Option(help="When its oldest commit was made (UTC); now.")] = None,
    in_hours: Annotated[float, typer.Option(min=0, help="When it is to go to production, from now.")] = 1,
    breaking: Annotated[
        bool, typer.Option("--breaking", help="The release before it does not work on its schema.")
    ] = False,
    committers: Committers = None,
    role: Role = DEVELOPER,
    as_json: AsJson = False,
) -> None:
    """Plan a change and announce it."""
    now = datetime.now(UTC)
    body = {
        "title": title, "impact": impact, "commit": commit, "digest": digest, "migrations_compatible": not breaking,
        "committed_at": (committed_at.replace(tzinfo=UTC) if committed_at else now).isoformat(),
        "planned_for": (now + timedelta(hours=in_hours)).isoformat(), "committers": committers or [],
    }  # fmt: skip
    _show(_api(context, role).post(_PATH, body), as_json=as_json)


@change.command("amend")
def amend(
    context: typer.Context,
    change_id: Id,
    *,
    commit: Commit,
    digest: Digest,
    committers: Committers = None,
    as_json: AsJson = False,
) -> None:
    """Another artefact: it is proved and approved anew."""
    body = {"commit": commit, "digest": digest, "committers": committers or []}
    _post(context, change_id, "artefact", body, DEVELOPER, as_json=as_json)


@change.command("report")
def report(
    context: typer.Context,
    change_id: Id,
    step: Annotated[str, typer.Argument(help="staged, smoke, load_snapshot or verified.")],
    *,
    digest: Digest,
    failed: Annotated[bool, typer.Option("--failed", help="It did not go well.")] = False,
    why: Annotated[str, typer.Option(help="What was found.")],
    run: Annotated[str, typer.Option(help="Id of the pipeline's run in which it was made.")],
    run_url: Annotated[str, typer.Option(help="Where that run is shown.")] = "",
    checks: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="What smoke-tests.sh --report wrote.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="What performance-tests.sh --report wrote.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Report what a step of the pipeline has found, as the pipeline: a person's word proves nothing."""
    body = {
        "step": step, "digest": digest, "passed": not failed, "why": why, "run": {"id": run, "url": run_url},
        **({"checks": json.loads(checks.read_text())} if checks else {}),
        **({"snapshot": json.loads(snapshot.read_text())} if snapshot else {}),
    }  # fmt: skip
    _show(session(context).pipeline().post(f"{_PATH}/{change_id}/steps", body), as_json=as_json)


@change.command("approve")
def approve(context: typer.Context, change_id: Id, *, role: Role = LEAD, as_json: AsJson = False) -> None:
    """Approve somebody else's change."""
    _post(context, change_id, "approve", {}, role, as_json=as_json)


@change.command("reject")
def reject(
    context: typer.Context, change_id: Id, *, reason: Reason, role: Role = LEAD, as_json: AsJson = False
) -> None:
    """It will not go to production."""
    _post(context, change_id, "reject", {"reason": reason}, role, as_json=as_json)


@change.command("override")
def override(
    context: typer.Context,
    change_id: Id,
    *,
    gate: Annotated[list[str], typer.Option(help="budget, freeze, incidents or migrations; may be repeated.")],
    reason: Reason,
    role: Role = SRE,
    as_json: AsJson = False,
) -> None:
    """Ask to pass closed gates; a second person has to agree."""
    _post(context, change_id, "override", {"gates": gate, "reason": reason}, role, as_json=as_json)


@change.command("second")
def second(context: typer.Context, change_id: Id, *, role: Role = LEAD, as_json: AsJson = False) -> None:
    """Agree to an override, as a second person."""
    _post(context, change_id, "override/second", {}, role, as_json=as_json)


@change.command("promote")
def promote(context: typer.Context, change_id: Id, *, digest: Digest, as_json: AsJson = False) -> None:
    """Let it go to production: once, and only while it is approved and every gate is open or overridden."""
    _post(context, change_id, "promote", {"digest": digest}, DEVELOPER, as_json=as_json)


@change.command("roll-back")
def roll_back(
    context: typer.Context, change_id: Id, *, reason: Reason, role: Role = SRE, as_json: AsJson = False
) -> None:
    """Say that what was before it is in production again."""
    _post(context, change_id, "roll-back", {"reason": reason}, role, as_json=as_json)


@change.command("figures")
def figures(
    context: typer.Context, *, days: Annotated[int, typer.Option(min=1, max=366)] = 30, as_json: AsJson = False
) -> None:
    """Deployment frequency, lead time, change failure rate and time to restore (DORA)."""
    found = _api(context, SRE).get("/v1/delivery", days=str(days))
    show(found if as_json else {name: value for name, value in found.items() if name != "weeks"}, as_json=as_json)


change.command("demo")(demo)


def _post(context: typer.Context, change_id: str, what: str, body: dict[str, Any], role: str, *, as_json: bool) -> None:
    _show(_api(context, role).post(f"{_PATH}/{change_id}/{what}", body), as_json=as_json)


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))
        return
    said = found | {
        "committers": ", ".join(found["committers"]) or "none named", "approved": _approval(found["approval"]),
        "override": _override(found["override"]),
    }  # fmt: skip
    show({name: said[name] for name in _SHOWN}, as_json=False)
    for gate in found["gates"]:
        word = "open" if gate["open"] else "overridden" if gate["overridden"] else "CLOSED"
        print(f"  {gate['name']:<13} {word:<11} {gate['why']}{' ' + gate['url'] if gate['url'] else ''}")
    for line in found["story"]:
        print(f"{line['at']}  {line['happened']:<14} {line['by']}: {line['why']}")


def _approval(given: dict[str, str] | None) -> str:
    return f"by {given['by']}, until {given['until']}" if given else "no"


def _override(asked: dict[str, Any] | None) -> str:
    if asked is None:
        return "none"
    return f"{', '.join(asked['gates'])}, by {asked['by']} and {asked['seconded_by'] or 'nobody yet'}"


def _closed(found: dict[str, Any]) -> list[str]:
    return [gate["name"] for gate in found["gates"] if not gate["open"] and not gate["overridden"]]


def _api(context: typer.Context, role: str) -> Api:
    return session(context).operations(role)
