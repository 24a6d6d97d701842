"""`p09 credentials …`: temporary logins to PostgreSQL."""

from typing import Annotated

import typer

from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import DBA, LEAD, SRE

credentials = typer.Typer(no_args_is_help=True, help="Temporary logins to PostgreSQL, which really end.")
_PATH = "/v1/access/database-credentials"
_COLUMNS = ("id", "by", "access", "state", "issued_at", "expires_at", "break_glass", "approved_by", "reason")


@credentials.command("issue")
def issue(
    context: typer.Context,
    reason: str,
    *,
    minutes: Annotated[int, typer.Option(help="How long, 480 at most.")] = 60,
    write: Annotated[bool, typer.Option("--write", help="To change rows, not only to read them.")] = False,
    break_glass: Annotated[bool, typer.Option("--break-glass", help="On call, without the DBA role.")] = False,
    as_json: AsJson = False,
) -> None:
    """Get a login; its password is shown this once."""
    body = {
        "reason": reason, "duration_seconds": 60 * minutes, "access": "write" if write else "read",
        "break_glass": break_glass,
    }  # fmt: skip
    made = session(context).operations(SRE if break_glass else DBA).post(_PATH, body)
    if as_json:
        show(made, as_json=True)
        return
    print(
        f"PGPASSWORD={made['password']} psql -h {made['host']} -p {made['port']} -U {made['role']} {made['database']}"
    )
    print(f"{made['id']}: to {made['access']}, until {made['expires_at']}")


@credentials.command("list")
def list_credentials(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List who has or had one, the newest first."""
    rows = list(session(context).operations(DBA).pages(_PATH, "credentials"))
    show_rows(rows, _COLUMNS, as_json=as_json)


@credentials.command("end")
def end(context: typer.Context, credential_id: str) -> None:
    """End one now: its sessions are terminated, its role is dropped."""
    ended = session(context).operations(DBA).delete(f"{_PATH}/{credential_id}")
    print(f"{credential_id} is {ended['state']}")


@credentials.command("approve")
def approve(context: typer.Context, credential_id: str, reason: str) -> None:
    """Approve a break-glass afterwards, as a second person."""
    approved = session(context).operations(LEAD).post(f"{_PATH}/{credential_id}/approval", {"reason": reason})
    print(f"{credential_id} was approved by {approved['approved_by']}")
