"""AWS calls from the API without boto3, whose import alone would double the API's cold start.

Services that speak AWS' JSON protocol take one signed POST. The signature is AWS Signature Version 4
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html), tested against botocore's own.
"""

import hmac
import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from shared.platform.secret import Secret
from shared.platform.tls import trust

TIMEOUT_SECONDS: Final = 3.0


class AwsUnavailable(Exception):
    """The service can't be reached, or answered with an error of its own; the call may be made again."""


class AwsRefused(Exception):
    """The service refused the call; the message says why (a missing permission names role and action).

    ``code`` is the service's name for the error, such as ``TransactionCanceledException``.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Credentials:
    access_key: str
    secret_key: Secret
    session_token: Secret


@dataclass(frozen=True, kw_only=True)
class AwsSettings:
    """What the Lambda runtime itself puts into every function's environment."""

    region: str
    credentials: Credentials
    endpoint: str = ""


def call(
    settings: AwsSettings, service: str, target: str, body: dict[str, Any], *, json_version: str = "1.1"
) -> dict[str, Any]:
    """Call one operation, such as ``call(settings, "secretsmanager", "secretsmanager.GetSecretValue", {…})``.

    ``json_version`` is that of the service's protocol: 1.0 for DynamoDB and CloudWatch (whose name here is ``monitoring``).

    Raises
    ------
    AwsUnavailable
        network error, time-out or a 5xx answer
    AwsRefused
        any other error that the service answered with
    """
    url = urlsplit(settings.endpoint or f"https://{service}.{settings.region}.amazonaws.com")
    payload = json.dumps(body).encode()
    headers = sign(settings, service, url.netloc, target, payload, datetime.now(UTC), json_version=json_version)
    try:
        status, answer = _post(url.scheme, url.netloc, payload, headers)
    except (OSError, http.client.HTTPException) as error:
        raise AwsUnavailable(f"{target}: {error}") from error
    if status == http.HTTPStatus.OK:
        return dict(json.loads(answer)) if answer else {}
    reason = f"{target}: {status} {answer.decode(errors='replace')[:500]}"
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise AwsUnavailable(reason)
    raise AwsRefused(reason, _code(answer))


def _code(answer: bytes) -> str:
    """The error's name, of which services write ``com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException``."""
    try:
        return str(json.loads(answer).get("__type", "")).rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""


def _post(scheme: str, host: str, payload: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = (
        http.client.HTTPSConnection(host, timeout=TIMEOUT_SECONDS, context=trust())
        if scheme == "https"
        else http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
    )
    try:
        connection.request("POST", "/", payload, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def sign(
    settings: AwsSettings,
    service: str,
    host: str,
    target: str,
    payload: bytes,
    now: datetime,
    *,
    json_version: str = "1.1",
) -> dict[str, str]:
    """The headers of a signed POST to ``/``."""
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{moment[:8]}/{settings.region}/{service}/aws4_request"
    headers = {
        "content-type": f"application/x-amz-json-{json_version}",
        "host": host,
        "x-amz-date": moment,
        "x-amz-target": target,
    }
    if settings.credentials.session_token:
        headers["x-amz-security-token"] = settings.credentials.session_token.reveal()
    names = sorted(headers)
    request = "\n".join(
        [
            "POST",
            "/",
            "",
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            sha256(payload).hexdigest(),
        ]
    )
    to_sign = "\n".join(["AWS4-HMAC-SHA256", moment, scope, sha256(request.encode()).hexdigest()])
    key = f"AWS4{settings.credentials.secret_key.reveal()}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={settings.credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers
