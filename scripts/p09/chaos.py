"""`p09 chaos …`: faults at the local front door."""

import re
from dataclasses import replace
from typing import Annotated, Any, get_args

import typer

from local.chaos import NONE, Chaos, PipelineScenario, get_chaos, set_chaos
from local.state import State, default_state
from scripts.p09.session import session

chaos = typer.Typer(
    no_args_is_help=True, help="Inject faults into the local system's API, and see what the KPIs make of it."
)
_SHARE = re.compile(r"(\d+(?:\.\d+)?)%")
_LATENCY = re.compile(r"(\d+)(ms|s)")


@chaos.command("errors")
def errors(context: typer.Context, share: Annotated[str, typer.Argument(help="Such as 5%.")]) -> None:
    """Answer a share of the API's requests with 503."""
    found = _SHARE.fullmatch(share)
    if not found:
        raise typer.BadParameter(f"{share} is no share, such as 5%")
    _change(context, errors=float(found[1]) / 100)


@chaos.command("latency")
def latency(context: typer.Context, by: Annotated[str, typer.Argument(help="Such as 300ms.")]) -> None:
    """Answer every request of the API late."""
    found = _LATENCY.fullmatch(by)
    if not found:
        raise typer.BadParameter(f"{by} is no time, such as 300ms")
    _change(context, latency=int(found[1]) / (1000 if found[2] == "ms" else 1))


@chaos.command("pipeline")
def pipeline(
    context: typer.Context,
    scenario: Annotated[str, typer.Argument(help=f"One of {', '.join(get_args(PipelineScenario))}.")],
) -> None:
    """Choose what the last day of the pipeline's played history shows to the 20:00 review."""
    if scenario not in get_args(PipelineScenario):
        raise typer.BadParameter(f"{scenario} is not one of {', '.join(get_args(PipelineScenario))}")
    _change(context, pipeline=scenario)


@chaos.command("off")
def off(context: typer.Context) -> None:
    """End all faults."""
    set_chaos(_state(context), NONE)
    print("no faults are injected")


def _change(context: typer.Context, **changed: Any) -> None:
    state = _state(context)
    chosen: Chaos = replace(get_chaos(state), **changed)
    set_chaos(state, chosen)
    print(
        f"{chosen.errors:.4g} of requests fail, all are {chosen.latency * 1000:.0f} ms late, the pipeline's history: "
        f"{chosen.pipeline}; `p09 chaos off` ends it"
    )


def _state(context: typer.Context) -> State:
    """Of a running local system: no other can be disturbed."""
    here = session(context)
    here.system()
    return State(here.state) if here.state else default_state()
