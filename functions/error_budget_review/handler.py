"""The 08:00 task: what is left of the error budgets, as charts and numbers."""

from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.logging import Logger

from functions.error_budget_review.settings import Settings
from shared.calendar.store import CalendarStore
from shared.kpi.budget_review import FAILED, PASSED, UNKNOWN, archive, review_budgets
from shared.kpi.store import KpiStore
from shared.kpi.timeline import looked_back
from shared.platform.aws.dynamodb import Table, signed_call
from shared.platform.aws.lambda_context import Context, remaining
from shared.platform.settings import aws_settings, load
from shared.runbook.load import the_runbook
from shared.runbook.run import Finding, Verdict, digest
from shared.runbook.run_task import run_task
from shared.runbook.store import RunStore
from shared.together.maintenances import exclusions

# Too little traffic to judge is neither good nor bad.
VERDICTS: Final = {PASSED: Verdict.PASSED, FAILED: Verdict.FAILED, UNKNOWN: Verdict.UNCONFIGURED}

logger = Logger()
settings = load(Settings)
table = Table(signed_call(aws_settings), settings.operations_table_name)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    report = run_task(RunStore(table), event, check, remaining=remaining(context))
    logger.info("done", extra=report)
    return report


def check(now: datetime) -> Finding:
    planned = exclusions(CalendarStore(table), looked_back(now))
    review = review_budgets(the_runbook(), KpiStore(table), planned, now)
    links = archive(review, settings.reports_bucket_name)
    return Finding(
        verdict=VERDICTS[review.report["verdict"]],
        why=review.why,
        measured={one["kpi"]: one["budget"]["remaining"] for one in review.report["budgets"]},
        thresholds={"minimum_remaining": review.report["minimum_remaining"]},
        inputs={"report.json": digest(review.files["report.json"])},
        links=links | {"console": f"{settings.console_url}/kpis"},
    )
