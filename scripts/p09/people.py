"""`p09 people …`: who may sign in. `p09 people first` lets in the first person of a stage in AWS."""

import json
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import LEAD

people = typer.Typer(no_args_is_help=True, help="Who may sign in: invite people, end their access, give it again.")

_PATH: Final = "/v1/people"
_COLUMNS: Final = ("email", "name", "roles", "state", "asked_by", "asked_at", "detail")
_FUNCTION: Final = "people"

Email = Annotated[str, typer.Argument(help="The address by which they sign in.")]


class MemberRole(StrEnum):
    owner = "owner"
    editor = "editor"
    viewer = "viewer"


@people.command("list")
def list_people(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List who was invited, and what became of it."""
    rows = session(context).operations(LEAD).get(_PATH)["people"]
    show_rows(
        rows if as_json else [row | {"roles": ", ".join(row["roles"])} for row in rows], _COLUMNS, as_json=as_json
    )


@people.command("invite")
def invite(
    context: typer.Context,
    email: Email,
    *,
    role: Annotated[
        list[str] | None, typer.Option(help="P09-SRE …, of somebody who operates P09; can be given again.")
    ] = None,
    organisation: Annotated[str | None, typer.Option(help="For a customer's person: their organisation.")] = None,
    member: Annotated[MemberRole, typer.Option(help="With --organisation: what they are in it.")] = MemberRole.viewer,
    name: Annotated[str | None, typer.Option(help="What the mail calls them; the address by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Mail somebody an invitation with a temporary password: to operate P09, or to an organisation."""
    if bool(role) == bool(organisation):
        raise typer.BadParameter("give either --role or --organisation")
    here = session(context)
    if organisation:
        api, organisation_id = here.customer(organisation)
        wanted = {"role": member.value, "label": name or email, "email": email}
        made = api.post(f"/v1/organisations/{organisation_id}/invitations", wanted)
        show({key: made[key] for key in ("label", "role", "expires_at")}, as_json=as_json)
        return
    made = here.operations(LEAD).post(_PATH, {"email": email, "name": name or email, "roles": role})
    _show(made, as_json=as_json)


@people.command("disable")
def disable(
    context: typer.Context,
    email: Email,
    *,
    reason: Annotated[str, typer.Option(help="Goes into the audit trail.")],
    as_json: AsJson = False,
) -> None:
    """End somebody's access: within a minute their sessions have ended, and they can't sign in."""
    _show(session(context).operations(LEAD).post(f"{_PATH}/{email}/disable", {"reason": reason}), as_json=as_json)


@people.command("enable")
def enable(
    context: typer.Context,
    email: Email,
    *,
    reason: Annotated[str, typer.Option(help="Goes into the audit trail.")],
    as_json: AsJson = False,
) -> None:
    """Give somebody access again, with the password and the roles that they had."""
    _show(session(context).operations(LEAD).post(f"{_PATH}/{email}/enable", {"reason": reason}), as_json=as_json)


@people.command("first")
def first(
    context: typer.Context,
    email: Email,
    *,
    stage: Annotated[str, typer.Option(help="Of the AWS account whose credentials are in the environment; or local.")],
    role: Annotated[list[str] | None, typer.Option(help="P09-Lead by default, who can invite the others.")] = None,
    name: Annotated[str | None, typer.Option(help="Their name; the address by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let in the first person of a stage, and print their temporary password. Takes the right to invoke a function."""
    endpoint = session(context).system()["aws_endpoint"] if stage == "local" else None
    asked = {"first": {"email": email, "name": name or email, "roles": role or [LEAD]}}
    show(_invoke(f"p09-{stage}-{_FUNCTION}", asked, endpoint), as_json=as_json)


def _invoke(function: str, event: dict[str, Any], endpoint: str | None) -> dict[str, Any]:
    if endpoint:
        client = aws_client("lambda", endpoint)
    else:
        import boto3

        client = boto3.client("lambda")
    answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    content: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise LocalError(f"{function} refused: {content.get('errorMessage', content)}")
    return content


def _show(account: dict[str, Any], *, as_json: bool) -> None:
    show(account if as_json else {key: account[key] for key in ("email", "wanted", "state")}, as_json=as_json)
