"""`p09 query`: numbers of a site, as `POST /v1/query` answers them."""

import json
from typing import Annotated, Any

import typer

from local.api import Api
from scripts.p09.output import AsJson, show_rows
from scripts.p09.session import session

DEFAULT_METRICS = "visitors,visits,pageviews"


def query(
    context: typer.Context,
    site_id: str,
    *,
    metrics: Annotated[str, typer.Option(help="Separated by commas.")] = DEFAULT_METRICS,
    date_range: Annotated[str, typer.Option("--range", help="7d, day, 12mo … or 2026-01-01,2026-01-31.")] = "7d",
    dimensions: Annotated[str, typer.Option(help="Separated by commas, such as time:day or event:page.")] = "",
    key: Annotated[str | None, typer.Option(help="The site's read key, instead of signing in.")] = None,
    organisation: Annotated[str | None, typer.Option(help="Whose site it is.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print a site's numbers."""
    here = session(context)
    api = Api(here.address(), key) if key else here.api(organisation)
    asked: dict[str, Any] = {
        "site_id": site_id,
        "metrics": metrics.split(","),
        "date_range": date_range.split(",") if "," in date_range else date_range,
        "dimensions": dimensions.split(",") if dimensions else [],
    }
    answer = api.post("/v1/query", asked)
    if as_json:
        print(json.dumps(answer, indent=2))
        return
    columns = [*asked["dimensions"], *asked["metrics"]]
    rows = [dict(zip(columns, [*row["dimensions"], *row["metrics"]], strict=True)) for row in answer["results"]]
    show_rows(rows, columns, as_json=False)
