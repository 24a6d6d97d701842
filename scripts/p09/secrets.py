"""`p09 secrets …`: rotation on demand, in the local system. In AWS it is `aws secretsmanager rotate-secret`."""

import json
from enum import StrEnum

import typer

from local.aws import aws_client
from local.state import LocalError
from scripts.p09.output import AsJson, show
from scripts.p09.session import session

secrets = typer.Typer(no_args_is_help=True, help="Logins of functions, which rotate by alternating users.")
_FUNCTION = "p09-local-secret-rotation"


@secrets.callback()
def group() -> None:
    """So that `rotate` is a command of its own."""


class Owner(StrEnum):
    api = "api"
    worker = "worker"


@secrets.command("rotate")
def rotate(context: typer.Context, owner: Owner, *, as_json: AsJson = False) -> None:
    """Give a function's login to its other user, with a new password; nobody notices."""
    endpoint = session(context).system()["aws_endpoint"]
    arn = aws_client("secretsmanager", endpoint).describe_secret(SecretId=f"p09-local-postgres-{owner.value}")["ARN"]
    payload = json.dumps({"rotate": arn}).encode()
    answer = aws_client("lambda", endpoint).invoke(FunctionName=_FUNCTION, Payload=payload)
    content = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise LocalError(f"the rotation failed: {content.get('errorMessage', content)}")
    show(content, as_json=as_json)
