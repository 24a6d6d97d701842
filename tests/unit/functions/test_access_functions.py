import subprocess
import sys
from dataclasses import fields
from importlib import import_module

import pytest

HEAVY = "boto3 botocore.session fastapi pydantic_settings slack_sdk jwt"
FUNCTIONS = ["audit_anchor", "credential_expiry", "credential_reconciliation", "secret_rotation", "token_claims"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_imports_nothing_that_it_may_not_need(function: str) -> None:
    code = (
        f"import sys; import functions.{function}.handler; "
        f"print(*[name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    settings = import_module(f"functions.{function}.settings").Settings
    values = {"POSTGRES_PORT": "5432", **{field.name.upper(): "" for field in fields(settings)}}
    command = ["env", *(f"{name}={value}" for name, value in values.items()), sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
