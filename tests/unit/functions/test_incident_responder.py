import subprocess
import sys
from dataclasses import fields

from functions.incident_responder.settings import Settings

HEAVY = "boto3 botocore.session fastapi slack_sdk pg8000 urllib.request"


def test_a_cold_start_imports_no_client_of_servers_and_no_framework() -> None:
    code = (
        "import sys; import functions.incident_responder.handler; "
        f"print(*[name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    settings = [f"{field.name.upper()}=" for field in fields(Settings)]
    command = ["env", *settings, sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
