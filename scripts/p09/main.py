"""`p09`: the command line of a running system. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError

from local.api import Refused
from local.state import LocalError
from scripts.p09.announce import announce
from scripts.p09.audit import audit
from scripts.p09.aws import aws
from scripts.p09.calendar import calendar
from scripts.p09.change import change
from scripts.p09.chaos import chaos
from scripts.p09.credentials import credentials
from scripts.p09.day import day
from scripts.p09.evidence import evidence
from scripts.p09.flags import in_flags
from scripts.p09.incident import incident
from scripts.p09.kpi import kpi
from scripts.p09.operations import dead_letters, logs
from scripts.p09.people import people
from scripts.p09.pipeline import local_secret, pipeline_token
from scripts.p09.queries import query
from scripts.p09.restore import restore
from scripts.p09.review import review
from scripts.p09.runbook import task, today
from scripts.p09.secrets import secrets
from scripts.p09.session import Session, session
from scripts.p09.sites import keys, sites
from scripts.p09.status import status

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="P09 from the command line. Talks to the local system unless --url names another.",
)
app.add_typer(sites, name="site")
app.add_typer(keys, name="key")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(audit, name="audit")
app.add_typer(people, name="people")
app.add_typer(credentials, name="credentials")
app.add_typer(secrets, name="secrets")
app.add_typer(kpi, name="kpi")
app.add_typer(incident, name="incident")
app.add_typer(review, name="review")
app.add_typer(announce, name="announce")
app.add_typer(calendar, name="calendar")
app.add_typer(change, name="change")
app.add_typer(status, name="status")
app.add_typer(chaos, name="chaos")
app.add_typer(task, name="task")
app.add_typer(restore, name="restore")
app.add_typer(evidence, name="evidence")
app.add_typer(aws, name="aws")
app.command("today")(today)
app.command("day")(day)
app.command("query")(query)
app.command("logs")(logs)


@app.callback()
def root(
    context: typer.Context,
    url: Annotated[str | None, typer.Option(envvar="P09_URL", help="Another system than the local one.")] = None,
    token: Annotated[
        str | None, typer.Option(envvar="P09_TOKEN", help="Access token to use, instead of a demo person's.")
    ] = None,
    state: Annotated[Path | None, typer.Option(help="State folder of the local system, if not .local.")] = None,
) -> None:
    context.obj = Session(url, token, state)


@app.command("token")
def token(
    context: typer.Context,
    role: Annotated[str | None, typer.Option(help="P09-SRE … or, in an organisation, owner, editor, viewer.")] = None,
    organisation: Annotated[str | None, typer.Option(help="For a person of this customer.")] = None,
    *,
    pipeline: Annotated[bool, typer.Option("--pipeline", help="Of the delivery pipeline, which is no person.")] = False,
    secret: Annotated[
        str | None,
        typer.Option(envvar="P09_PIPELINE", help="With --pipeline: what the secret p09-<stage>-pipeline-client holds."),
    ] = None,
) -> None:
    """Print an access token of a demo person of the local system, or of the delivery pipeline."""
    here = session(context)
    if pipeline:
        print(pipeline_token(secret or local_secret(here.system())))
    else:
        print(here.person_token(role, organisation))


def main() -> None:
    try:
        app()
    except Refused as error:
        sys.exit(f"p09: {in_flags(str(error), typer.main.get_command(app))}")
    except (LocalError, BotoCoreError, ClientError) as error:
        sys.exit(f"p09: {error}")


if __name__ == "__main__":
    main()
