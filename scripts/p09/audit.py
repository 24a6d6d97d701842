"""`p09 audit …`: who did what, and whether the trail is as it was written."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.audit_file import verify_file
from scripts.p09.output import AsJson, show_rows
from scripts.p09.session import Session, session
from shared.identity.identity import AUDITOR

audit = typer.Typer(no_args_is_help=True, help="The audit trail: of P09's own operations, or of an organisation.")
_COLUMNS = ("sequence", "done_at", "actor", "action", "subject", "outcome", "reason", "origin")

OrganisationId = Annotated[str | None, typer.Option(help="Whose trail; P09's own operations by default.")]
Since = Annotated[str | None, typer.Option(help="Such as 2026-11-24T00:00:00Z.")]


@audit.command("list")
def list_rows(
    context: typer.Context,
    *,
    organisation_id: OrganisationId = None,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    since: Since = None,
    until: Since = None,
    limit: Annotated[int, typer.Option(help="How many, the newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List who did what, when and with which outcome, in the order of the acts."""
    found = session(context).operations(AUDITOR).newest(
        "/v1/audit", "rows", limit, organisation_id=organisation_id, actor=actor, action=action, subject=subject,
        since=since, until=until,
    )  # fmt: skip
    show_rows(found, _COLUMNS, as_json=as_json)


@audit.command("verify")
def verify(
    context: typer.Context,
    *,
    organisation_id: OrganisationId = None,
    organisation: Annotated[str | None, typer.Option(help="As an owner of this organisation, by its name.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="An export as JSON lines, verified here, without the system.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find whatever was done to the trail afterwards, and where. Exit code 1 when there is something."""
    report = verify_file(file) if file else _report(session(context), organisation_id, organisation)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        for restored in report["restores"]:
            print(_told(restored))
        for finding in report["findings"]:
            print(f"rows {finding['first']} to {finding['last']}: {finding['what']}")
        print(f"{report['verified']} rows and {report['anchors']} anchors, {len(report['findings'])} findings")
    if report["findings"]:
        raise typer.Exit(1)


@audit.command("export")
def export(
    context: typer.Context,
    file: Path,
    *,
    organisation_id: OrganisationId = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of JSON lines.")] = False,
) -> None:
    """Write the whole trail to a file, newest first."""
    api = session(context).operations(AUDITOR)
    with file.open("w", encoding="utf-8", newline="") as out:
        for part in _parts(api, "csv" if as_csv else "jsonl", organisation_id):
            out.write(part)


def _told(restored: dict[str, Any]) -> str:
    """Such as ``row 74: restored to …, started by ada, signed by grace; rows 60 to 73 were carried over``."""
    people = ", ".join(
        f"{said} by {restored[name]}"
        for name, said in (("started_by", "started"), ("signed_by", "signed"), ("promoted_by", "promoted"))
        if restored[name]
    )
    rows = [
        f"rows {found['first']} to {found['last']} {what}"
        for name, what in (("carried_over", "were carried over"), ("superseded", "are superseded"))
        if (found := restored[name])
    ]
    first = f"row {restored['sequence']}: restored to {restored['to']} ({restored['restore']}), {people}"
    return "; ".join([first, *rows, *restored["findings"]])


def _parts(api: Api, form: str, organisation_id: str | None) -> Iterator[str]:
    parameters = {"format": form, "limit": "5000"} | ({"organisation_id": organisation_id} if organisation_id else {})
    first = True
    while True:
        answer = api.checked("GET", "/v1/audit", params=parameters)
        yield answer.text if first or form == "jsonl" else answer.text.partition("\n")[2]
        if "x-next-cursor" not in answer.headers:
            return
        first, parameters["cursor"] = False, answer.headers["x-next-cursor"]


def _report(asked: Session, organisation_id: str | None, organisation: str | None) -> dict[str, Any]:
    if organisation is None:
        whose = {"organisation_id": organisation_id} if organisation_id else {}
        return _verified(asked.operations(AUDITOR), "/v1/audit/verification", whose)
    if organisation_id:
        raise typer.BadParameter("say --organisation or --organisation-id, not both", param_hint="--organisation")
    api, own_id = asked.customer(organisation)
    return _verified(api, f"/v1/organisations/{own_id}/audit/verification", {})


def _verified(api: Api, path: str, parameters: dict[str, str]) -> dict[str, Any]:
    report: dict[str, Any] = {"verified": 0, "anchors": 0, "findings": [], "restores": []}
    while True:
        part = api.get(path, **parameters)
        report = {name: report[name] + part[name] for name in report}
        if part["next_cursor"] is None:
            return report
        parameters["cursor"] = part["next_cursor"]
