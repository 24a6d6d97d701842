"""Requests as API Gateway's HTTP API hands them to a function (payload format 2.0)."""

from typing import Any

from bench.shapes import AGENT
from bench.traffic import HOST


def http_event(method: str, path: str, *, body: bytes = b"", token: str = "") -> dict[str, Any]:
    headers = {
        "host": HOST,
        "user-agent": AGENT,
        "x-forwarded-for": "203.0.113.7",
        "content-type": "application/json",
    }
    if token:
        headers["authorization"] = f"Bearer {token}"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "bench",
            "domainName": HOST,
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": AGENT,
            },
            "requestId": "bench",
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": 1_795_000_000_000,
        },
        "body": body.decode(),
        "isBase64Encoded": False,
    }
