"""`p09 kpi …`: verdicts, budgets, the reason for each, and decisions made again."""

import json
from typing import Annotated, Any

import typer

from local.api import Api
from local.aws import aws_client
from scripts.p09.output import AsJson, Limit, show, show_rows
from scripts.p09.session import session
from shared.identity.identity import SRE

kpi = typer.Typer(help="KPIs: what they are, why, and what they would be under another target.")
_FUNCTION = "p09-local-kpi-evaluation"
KpiId = Annotated[
    str, typer.Argument(metavar="ID", help="availability, latency, error_rate, long_latency or incidents.")
]


@kpi.callback(invoke_without_command=True)
def kpis(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Every KPI: verdict, value, target, budget."""
    if context.invoked_subcommand is not None:
        return
    found = _api(context).get("/v1/kpis")
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(_as_of(found))
    show_rows([_row(one) for one in found["kpis"]], ("kpi", "verdict", "value", "target", "budget left"), as_json=False)


@kpi.command("explain")
def explain(context: typer.Context, kpi_id: KpiId, *, as_json: AsJson = False) -> None:
    """Say why a KPI has its verdict, and what to do."""
    found = _api(context).get("/v1/kpis")
    one = next((one for one in found["kpis"] if one["id"] == kpi_id), None)
    if one is None:
        raise typer.BadParameter(
            f"{kpi_id} is none of {', '.join(one['id'] for one in found['kpis']) or 'no KPIs yet'}"
        )
    if as_json:
        print(json.dumps(one, indent=2))
        return
    burning = [alert["pair"] for alert in one["burn_alerts"] if alert["firing"]]
    show(
        {
            "verdict": one["verdict"],
            "why": one["why"],
            "target": one["target"]["text"],
            "budget left": _left(one),
            "burning": ", ".join(burning) or "no",
            "do": one["do"],
            "decision": one["decision"],
        },
        as_json=False,
    )


@kpi.command("burndown")
def burn_down(context: typer.Context, kpi_id: KpiId = "availability", *, as_json: AsJson = False) -> None:
    """What is left of an error budget, day by day, and when it will be gone."""
    found = _api(context).get(f"/v1/kpis/{kpi_id}/burndown")
    if as_json:
        print(json.dumps(found, indent=2))
        return
    for point in found["points"]:
        left = point["remaining"]
        bar = "" if left is None else "█" * round(40 * min(max(left, 0), 1))
        print(f"{point['at'][:16]}  {'no data' if left is None else f'{left:8.2%}':>9}  {bar}")
    print(found["forecast"]["text"])


@kpi.command("decisions")
def decisions(
    context: typer.Context,
    kpi_id: KpiId = "availability",
    *,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Past decisions, newest first."""
    found = _api(context).newest(f"/v1/kpis/{kpi_id}/decisions", "decisions", limit)
    rows = [one | {"changes": ",".join(one["changes"]), "value": _text(one["value"])} for one in found]
    show_rows(found if as_json else rows, ("id", "verdict", "value", "samples", "bad", "changes"), as_json=as_json)


@kpi.command("replay")
def replay(context: typer.Context, decision: str, *, as_json: AsJson = False) -> None:
    """Decide again from a decision's stored inputs; exit code 1 if the verdict differs."""
    found = _api(context).get(f"/v1/decisions/{decision}/replay")
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        outcome = "the same" if found["same"] else "ANOTHER"
        print(f"{decision}: {found['stored']['verdict']}; replayed: {found['replayed']['verdict']}, {outcome}")
        print(found["replayed"]["why"])
    if not found["same"]:
        raise typer.Exit(1)


@kpi.command("what-if")
def what_if(
    context: typer.Context,
    kpi_id: KpiId = "availability",
    *,
    target: Annotated[float | None, typer.Option(help="Such as 99.95, in the unit of the KPI's target.")] = None,
    within_ms: Annotated[int | None, typer.Option(help="Another limit of the latency.")] = None,
    as_json: AsJson = False,
) -> None:
    """What the last decision would be under another target."""
    asked = {"target": target, "within_ms": within_ms}
    parameters = {name: str(value) for name, value in asked.items() if value is not None}
    found = _api(context).get(f"/v1/kpis/{kpi_id}/what-if", **parameters)
    rows = [{"": name} | _supposed(found[name]) for name in ("actual", "supposed")]
    if as_json:
        print(json.dumps(found, indent=2))
        return
    show_rows(rows, ("", "target", "verdict", "value", "budget left"), as_json=False)
    print(found["supposed"]["why"])


@kpi.command("evaluate")
def evaluate(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Look at the local system's KPIs as of now, with the slice that is not over; it is told when the slice ends."""
    show(look_now(session(context).system()["aws_endpoint"]), as_json=as_json)


def look_now(endpoint: str) -> dict[str, Any]:
    """What the function reports of it."""
    event = {"task": "kpi_evaluation", "look": True}
    answer = aws_client("lambda", endpoint).invoke(FunctionName=_FUNCTION, Payload=json.dumps(event).encode())
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def _api(context: typer.Context) -> Api:
    return session(context).operations(SRE)


def _as_of(found: dict[str, Any]) -> str:
    if found["evaluated_at"] is None:
        return "nothing has been evaluated yet: the first evaluation comes within five minutes"
    notes = [
        *(["NOT EVALUATED SINCE: this is old"] if found["stale"] else []),
        *(["no request is measured"] if found["silent"] else []),
    ]
    return f"as of {found['evaluated_at']}" + "".join(f"; {note}" for note in notes)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return {"kpi": one["id"], "target": one["target"]["text"], **_supposed(one, with_target=False)}


def _supposed(one: dict[str, Any], *, with_target: bool = True) -> dict[str, Any]:
    said = {"verdict": one["verdict"], "value": _text(one["value"]), "budget left": _left(one)}
    return said | ({"target": one["target"]["text"]} if with_target else {})


def _text(value: dict[str, Any] | None) -> str:
    return "-" if value is None else str(value["text"])


def _left(one: dict[str, Any]) -> str:
    left = one["budget"] and one["budget"]["remaining"]
    return "-" if left is None else f"{left:.2%}"
