import subprocess
import sys
from dataclasses import fields

from functions.health_check.settings import Settings

HEAVY = "boto3 botocore.session fastapi slack_sdk pg8000 urllib.request hiredis httpx2"


def test_a_cold_start_of_the_prober_imports_nothing_heavy() -> None:
    code = (
        "import sys; import functions.health_check.handler; "
        f"print(*[name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    settings = [f"{field.name.upper()}=" for field in fields(Settings)]
    command = ["env", *settings, sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
