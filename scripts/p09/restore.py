"""`p09 restore …`: drills and restores, from the plan to the promotion."""

import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from local.api import Api
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.backups.drill import ENDED, WAITING, Status
from shared.identity.identity import DBA, SRE

restore = typer.Typer(no_args_is_help=True, help="Prove backups by restoring them; restore for real.")
BAD: Final[frozenset[Status]] = frozenset({"failed", "rejected", "expired", "aborted"})
_SECONDS_BETWEEN: Final = 1.0

To = Annotated[str | None, typer.Option("--to", help="A moment such as 2026-11-24T13:59:07Z.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the record.")]
DrillId = Annotated[str, typer.Argument(metavar="ID")]
Follow = Annotated[bool, typer.Option("--follow/--no-follow", help="Show each step until somebody has to decide.")]


@restore.command("plan")
def plan(context: typer.Context, *, to: To = None, kind: str = "restore", as_json: AsJson = False) -> None:
    """Print what a restore (or --kind drill) would do; nothing happens."""
    asked = {"kind": kind} | ({"to": _moment(to)} if to else {})
    found = session(context).operations(SRE).get("/v1/drills/plan", **asked)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    window, backup = found["window"] or {}, found["backup"] or {}
    show(
        {
            "to": found["to"] or "the latest moment that can be restored",
            "window": f"{window.get('earliest', 'unknown')} … {window.get('latest', 'unknown')}",
            "verified at": found["verified_at"] or "never",
            "newest backup": f"{backup.get('id', 'unknown')} of {backup.get('completed_at', 'unknown')}",
        },
        as_json=False,
    )
    for number, step in enumerate(found["steps"], 1):
        print(f"  {number}. {step}")
    for warning in found["warnings"]:
        print(f"  ! {warning}")


@restore.command("start")
def start(
    context: typer.Context, *, to: To = None, reason: Reason, follow: Follow = True, as_json: AsJson = False
) -> None:
    """Restore to any moment (by default the latest), beside the running database; it is promoted after a sign-off alone."""
    _start(context, "restore", to, reason, follow=follow, as_json=as_json)


@restore.command("drill")
def drill(
    context: typer.Context,
    *,
    to: To = None,
    reason: Reason = "by hand",
    follow: Follow = True,
    as_json: AsJson = False,
) -> None:
    """Restore to a marked moment (by default one marked now), prove every table, destroy it again."""
    _start(context, "drill", to, reason, follow=follow, as_json=as_json)


@restore.command("mark")
def mark(context: typer.Context, *, reason: Reason = "by hand", follow: Follow = True, as_json: AsJson = False) -> None:
    """Mark the next second: its content is known from then on, and drills can go to it."""
    _start(context, "mark", None, reason, follow=follow, as_json=as_json)


@restore.command("marks")
def marks(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Moments to which a drill can go, newest first."""
    found = session(context).operations(SRE).get("/v1/drills/marks")["marks"]
    show_rows(found, ("at", "rows", "stalled_ms", "drill"), as_json=as_json)


@restore.command("list")
def list_drills(context: typer.Context, *, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Drills and restores, newest first."""
    found = session(context).operations(SRE).newest("/v1/drills", "drills", limit)
    show_rows(found, ("id", "status", "to", "rpo_seconds", "rto_seconds", "started_by", "signed_by"), as_json=as_json)


@restore.command("status")
def status(context: typer.Context, drill_id: DrillId, *, as_json: AsJson = False) -> None:
    """A drill with its steps; exit code 1 if it has failed."""
    found = session(context).operations(SRE).get(f"/v1/drills/{drill_id}")
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        _print(found)
    if found["status"] in BAD:
        raise typer.Exit(1)


@restore.command("sign-off")
def sign_off(
    context: typer.Context,
    drill_id: DrillId,
    *,
    note: Annotated[str, typer.Option(help="What was looked at.")],
    reject: Annotated[bool, typer.Option("--reject", help="It did not prove what it should.")] = False,
) -> None:
    """Sign a drill off, as a DBA who did not start it."""
    body = {"accept": not reject, "note": note}
    print(session(context).operations(DBA).post(f"/v1/drills/{drill_id}/sign-off", body)["status"])


@restore.command("point-staging")
def point_staging(context: typer.Context, drill_id: DrillId, *, follow: Follow = True, as_json: AsJson = False) -> None:
    """Have staging answer from the restored database until it is signed off, or has ended."""
    api = session(context).operations(SRE)
    waiting = _waits_since(api.get(f"/v1/drills/{drill_id}"))
    started = api.post(f"/v1/drills/{drill_id}/staging", {})
    if not follow:
        show(started, as_json=as_json)
        return
    found = _until_it_waits_again(api, drill_id, waiting)
    if not found["staging"]:
        _print(found)
        raise typer.Exit(1)
    if as_json:
        print(json.dumps({"id": drill_id, "staging": found["staging"]}, indent=2))
    else:
        print(f"staging answers from {drill_id} at {found['staging']}")
        print(f"  scripts/test/smoke-tests.sh {api.url} {found['staging']} --read-only")


@restore.command("preview")
def preview(
    context: typer.Context,
    drill_id: DrillId,
    *,
    again: Annotated[bool, typer.Option("--again", help="Compute it again first.")] = False,
    as_json: AsJson = False,
) -> None:
    """What the promotion of a restore would discard, and the words by which that is confirmed."""
    api = session(context).operations(SRE)
    if again:
        api.post(f"/v1/drills/{drill_id}/preview", {})
        _until_waiting(api, drill_id)
    found = api.get(f"/v1/drills/{drill_id}/preview")
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        _print_preview(found)


@restore.command("promote")
def promote(
    context: typer.Context,
    drill_id: DrillId,
    *,
    note: Annotated[str, typer.Option(help="Why now.")],
    confirm: Annotated[str, typer.Option(help="What is discarded, in the words of `p09 restore preview`.")] = "",
    discard: Annotated[bool, typer.Option("--discard", help="Destroy it instead.")] = False,
) -> None:
    """Put a signed restore into the place of the running database, whose data is kept aside."""
    body = {"accept": not discard, "note": note} | ({} if discard else {"confirm": confirm})
    print(session(context).operations(DBA).post(f"/v1/drills/{drill_id}/promote", body)["status"])


@restore.command("abort")
def abort(context: typer.Context, drill_id: DrillId, *, reason: Reason) -> None:
    """End a drill or restore; its temporary database is destroyed."""
    print(session(context).operations(SRE).post(f"/v1/drills/{drill_id}/abort", {"reason": reason})["status"])


def _until_waiting(api: Api, drill_id: str) -> None:
    while True:
        time.sleep(_SECONDS_BETWEEN)
        if api.get(f"/v1/drills/{drill_id}")["status"] in {*ENDED, *WAITING.values()}:
            return


def _until_it_waits_again(api: Api, drill_id: str, since: str) -> dict[str, Any]:
    """For its sign-off, as it has done ``since`` a moment; or until it has ended."""
    while True:
        found: dict[str, Any] = api.get(f"/v1/drills/{drill_id}")
        waits = found["status"] == WAITING["sign-off"] and _waits_since(found) != since
        if waits or found["status"] in ENDED:
            return found
        time.sleep(_SECONDS_BETWEEN)


def _waits_since(found: dict[str, Any]) -> str:
    return next((str(step["started_at"]) for step in found["steps"] if step["name"] == "sign-off"), "")


def _print_preview(found: dict[str, Any]) -> None:
    print(f"As of {found['at']}, promoting a restore to {found['to']} discards:")
    kinds = ("acts", "organisations", "sites", "keys", "people", "invitations", "events", "credentials")
    for kind in (one for one in kinds if found.get(one)):
        parts = [
            f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
            for name, value in found[kind].items()
            if value and name != "newest"
        ]
        print(f"  {kind:<14} {'; '.join(parts) or 'none'}")
    for act in (found.get("acts") or {}).get("newest", ()):
        print(f"    {_clock(act['at'])}  {act['actor']}  {act['action']}  {act['subject']}")
    if found["source"] == "lost":
        print("  The running database can't be read: nobody knows what else.")
    print(f'To promote it: p09 restore promote ID --note … --confirm "{found["confirmation"]}"')


def _start(context: typer.Context, kind: str, to: str | None, reason: str, *, follow: bool, as_json: bool) -> None:
    api = session(context).operations(SRE)
    body: dict[str, Any] = {"kind": kind, "reason": reason} | ({"to": _moment(to)} if to else {})
    started = api.post("/v1/drills", body)
    found = _follow(api, started["id"], quiet=as_json) if follow else started
    if as_json:
        print(json.dumps(found, indent=2))
    elif follow:
        _print(found)
    else:
        show(started, as_json=False)
    if found["status"] in BAD:
        raise typer.Exit(1)


def _follow(api: Api, drill_id: str, *, quiet: bool) -> dict[str, Any]:
    """Until it has ended, or a person has to decide."""
    told: set[tuple[str, bool]] = set()
    while True:
        listed = {one["id"]: one for one in api.get("/v1/drills", limit="20")["drills"]}
        if drill_id in listed:
            found: dict[str, Any] = api.get(f"/v1/drills/{drill_id}")
            for step in found["steps"]:
                key = step["name"], bool(step["finished_at"])
                if key not in told and not quiet:
                    print(
                        f"{_clock(step['finished_at'] or step['started_at'])}  {step['name']:<12} {_state(step)}",
                        flush=True,
                    )
                told.add(key)
            if found["status"] in ENDED.union(WAITING.values()):
                return found
        time.sleep(_SECONDS_BETWEEN)


def _print(found: dict[str, Any]) -> None:
    names = (
        "id",
        "kind",
        "status",
        "why",
        "played",
        "to",
        "rpo_seconds",
        "rto_seconds",
        "rows",
        "started_by",
        "signed_by",
        "expires_at",
        "staging",
        "aside_until",
        "aside_removed_at",
    )
    show({name: found[name] for name in names if found.get(name) not in {None, "", False}}, as_json=False)
    rows = [step | {"state": _state(step)} for step in found["steps"]]
    show_rows(rows, ("name", "started_at", "finished_at", "state"), as_json=False)


def _state(step: dict[str, Any]) -> str:
    if step["error"]:
        return str(step["error"])
    if not step["finished_at"]:
        return "…"
    result = step["result"] or {}
    if tables := result.get("tables"):
        return f"{len(tables)} tables {'are the same' if result['proved_at'] else 'were read: nobody knows what they held'}"
    return "done"


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no moment: write 2026-11-24T13:59:07Z", param_hint="--to") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _clock(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%H:%M:%S")


@restore.command("objects")
def restore_objects(
    context: typer.Context,
    bucket: str,
    *,
    prefix: Annotated[str, typer.Option(help="Only objects whose key begins so.")],
    to: Annotated[str, typer.Option("--to", help="As they were at this moment.")],
    apply_them: Annotated[bool, typer.Option("--apply", help="Do it; without, only print what would be done.")] = False,
    in_aws: Annotated[bool, typer.Option("--aws", help="In AWS, with the credentials of the environment.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make objects of a versioned bucket what they were at a moment; what they are now stays as older versions."""
    from shared.backups.objects import apply, changes, read_versions

    s3 = _s3(context, in_aws=in_aws)
    found = changes(read_versions(s3, bucket, prefix), datetime.fromisoformat(_moment(to)))
    if apply_them:
        for change in found:
            apply(s3, bucket, change)
    show_rows([vars(change) for change in found], ("act", "key", "version"), as_json=as_json)
    if not as_json:
        print(f"{len(found)} objects {'changed' if apply_them else 'would change; --apply does it'}")


@restore.command("valkey")
def restore_valkey_snapshot(context: typer.Context, snapshot: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Put the data of a snapshot into the local Valkey; what it has now is kept aside."""
    from local import valkey as server
    from local.backups.repository import Repository
    from local.backups.restore import RestoreFailed
    from local.backups.valkey_restore import Valkey, restore_valkey
    from local.state import LocalError, is_free

    state = session(context).here()
    config = state.kept_configuration()
    if config is None:
        raise LocalError("no local system is here: `make run` starts one")
    valkey = Valkey(
        data=state.folder / "valkey", held=state.held("valkey"), answers=lambda: server.is_ready(config),
        is_down=lambda: is_free(config.valkey_port),
    )  # fmt: skip
    try:
        aside = restore_valkey(Repository(state.backups, bytes.fromhex(config.backup_key)), snapshot, valkey)
    except RestoreFailed as error:
        raise LocalError(str(error)) from error
    print(f"restored {snapshot}; what was there until now is in {aside}")


def _s3(context: typer.Context, *, in_aws: bool) -> Any:
    if in_aws:
        import boto3

        return boto3.client("s3")
    from local.aws import aws_client

    return aws_client("s3", session(context).system()["aws_endpoint"])
