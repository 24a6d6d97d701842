"""`p09 token --pipeline`: the delivery pipeline's own token, which lets it do what is its to do with changes."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from local.aws import aws_client
from local.state import LocalError

LOCAL_SECRET: Final = "p09-local-pipeline-client"  # noqa: S105 -- the secret's name
NAMES: Final = ("client_id", "client_secret", "token_url", "scope")


def local_secret(system: Mapping[str, Any]) -> str:
    """What the pipeline's secret holds on this machine; elsewhere the pipeline reads it from Secrets Manager by its role."""
    client = aws_client("secretsmanager", str(system["aws_endpoint"]))
    return str(client.get_secret_value(SecretId=LOCAL_SECRET)["SecretString"])


def pipeline_token(secret: str, client: httpx2.Client | None = None) -> str:
    """Exchange what the secret holds for an access token. Raises LocalError, which never shows the secret."""
    found = _read(secret)
    asked = {"grant_type": "client_credentials", "scope": found["scope"]}
    who = (found["client_id"], found["client_secret"])
    try:
        answer = (client or httpx2.Client(timeout=10, trust_env=False)).post(found["token_url"], data=asked, auth=who)
    except httpx2.TransportError as error:
        raise LocalError(f"no answer from {found['token_url']}: {error}") from error
    if not answer.is_success:
        raise LocalError(f"{found['token_url']} gave no token: {answer.text[:200]} (HTTP {answer.status_code})")
    return str(answer.json()["access_token"])


def _read(secret: str) -> dict[str, str]:
    try:
        found = json.loads(secret)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in NAMES):
        raise LocalError(
            f"P09_PIPELINE holds no JSON with {', '.join(NAMES)}, as the secret p09-<stage>-pipeline-client does"
        )
    return {name: found[name] for name in NAMES}
