"""`p09 secrets …`: the age of secrets; rotation on demand, in the local system. In AWS it is `aws secretsmanager rotate-secret`."""

import json
from typing import Any
from uuid import uuid4

import typer

from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

secrets = typer.Typer(
    no_args_is_help=True, help="Secrets of the system: their age and their rotation, never their value."
)
_FUNCTION = "p09-local-secret-rotation"
_PATH = "/v1/access/secrets"
_COLUMNS = ("name", "rotates", "since", "age_days", "due_at", "wrong", "title", "why")


@secrets.command("list")
def list_secrets(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List every secret with its age, when it was rotated last and when it is due."""
    rows: list[dict[str, Any]] = session(context).operations(SRE).get(_PATH)["secrets"]
    shown = rows if as_json else [{key: "" if value is None else value for key, value in row.items()} for row in rows]
    show_rows(shown, _COLUMNS, as_json=as_json)


@secrets.command("rotate")
def rotate(context: typer.Context, name: str, *, as_json: AsJson = False) -> None:
    """Put a new one beside the one in use, test it, and have everybody change over; nobody notices."""
    client = aws_client("lambda", session(context).system()["aws_endpoint"])
    event = {"rotate": name, "ClientRequestToken": str(uuid4())}
    answer = client.invoke(FunctionName=_FUNCTION, Payload=json.dumps(event).encode())
    content = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise LocalError(f"the rotation failed: {content.get('errorMessage', content)}")
    if "refused" in content:
        raise LocalError(content["refused"])
    show(content, as_json=as_json)
