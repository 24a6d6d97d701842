import subprocess
import sys
from dataclasses import fields

from functions.notifier.settings import Settings

HEAVY = "boto3 botocore.session fastapi slack_sdk pg8000 hiredis urllib.request"


def test_a_cold_start_imports_nothing_that_only_a_message_needs() -> None:
    code = (
        "import sys; import functions.notifier.handler; "
        f"print(*[name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    settings = [f"{field.name.upper()}=" for field in fields(Settings)]
    command = ["env", *settings, sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
