import subprocess
import sys
from dataclasses import fields

from functions.kpi_evaluation.settings import Settings

HEAVY = "boto3 botocore.session fastapi slack_sdk pg8000 urllib.request"


def test_a_cold_start_imports_nothing_that_only_the_daily_review_or_prometheus_needs() -> None:
    code = (
        "import sys; import functions.kpi_evaluation.handler; "
        f"print(*[name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    settings = [f"{field.name.upper()}=" for field in fields(Settings)]
    command = ["env", *settings, sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
