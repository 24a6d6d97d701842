"""`p09 aws …`: an account of AWS, before anything of P09 is in it."""

import json
from typing import Annotated, Any, Final

import typer

from infra.stages import AWS_STAGES
from scripts.p09.output import AsJson
from scripts.p09.preflight import Account, Check, Needs, passes

aws = typer.Typer(no_args_is_help=True, help="An account of AWS.")
_STAGES: Final = {stage.name: stage for stage in AWS_STAGES}
_COLUMNS: Final = ("outcome", "what", "found", "needed")

Stage = Annotated[str, typer.Option(help=f"The stage to deploy: {', '.join(_STAGES)}.")]
Region = Annotated[str, typer.Option(envvar="AWS_REGION", help="Where the stage is deployed.")]
CopyRegion = Annotated[str, typer.Option(envvar="P09_COPY_REGION", help="Where copies of its backups are kept.")]


@aws.callback()
def group() -> None:
    """An account of AWS."""


@aws.command("preflight")
def preflight(*, stage: Stage, region: Region, copy_region: CopyRegion, as_json: AsJson = False) -> None:
    """Ask an account whether a first deploy of a stage would work: quotas, bootstrap, AWS Backup, roles, SES. Changes nothing.

    Uses the AWS credentials at hand. Exit code 1 when something has to be done first.
    """
    if stage not in _STAGES:
        raise typer.BadParameter(f"{stage} is not one of {', '.join(_STAGES)}", param_hint="--stage")
    if region == copy_region:
        raise typer.BadParameter(
            "backups are copied to another region than the stage's own", param_hint="--copy-region"
        )
    needs = Needs(reserved=_STAGES[stage].sizes.concurrency.reserved, region=region, copy_region=copy_region)
    checks = list(Account(_client).checks(needs))
    print(json.dumps([one.row() for one in checks], indent=2) if as_json else table(checks))
    if not passes(checks):
        raise typer.Exit(1)


def table(checks: list[Check]) -> str:
    """A line for each check, and beneath it what to do."""
    rows = [one.row() for one in checks]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in _COLUMNS}
    lines = ["  ".join(f"{name:<{widths[name]}}" for name in _COLUMNS).rstrip()]
    for row in rows:
        lines.append("  ".join(f"{row[name]:<{widths[name]}}" for name in _COLUMNS).rstrip())
        if row["mend"]:
            lines.append(f"{'':{widths['outcome']}}  → {row['mend']}")
    todo = sum(one.outcome in {"fail", "unknown"} for one in checks)
    lines.append(f"{todo} to do before the first deploy" if todo else "ready for the first deploy")
    return "\n".join(lines)


def _client(service: str, region: str) -> Any:
    import boto3

    return boto3.client(service, region_name=region)
