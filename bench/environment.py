"""The environment of our functions while they are measured: the keys that `infra` sets."""

import json
from typing import Final

from bench.servers import Servers
from local.state import LOOPBACK

VALKEY_SECRET: Final = "bench-valkey"  # noqa: S105 -- the secret's name
BUS: Final = "p09-bench"
OPERATIONS_TABLE: Final = "p09-bench-operations"


def of_api(servers: Servers) -> dict[str, str]:
    return _common(servers, "api") | {
        "POSTGRES_SECRET_ARN": _secret(servers, "p09_api"),
        "IDENTITY_ISSUER": "http://127.0.0.1:9/pool",
        "IDENTITY_JWKS_URL": "http://127.0.0.1:9/pool/.well-known/jwks.json",
        "IDENTITY_CLIENT_ID": "bench",
        "OPERATIONS_TABLE_NAME": OPERATIONS_TABLE,
        "LIMITS": json.dumps(_wide_limits()),
    }


def _wide_limits() -> dict[str, dict[str, int]]:
    """Limits that are checked as in AWS, and that no benchmark reaches."""
    wide = {"per_second": 10**9, "burst": 10**12}
    names = ("ingest_key", "ingest_organisation", "ingest_address", "query_key", "query_organisation", "person")
    return {**dict.fromkeys(names, wide), "monthly_events": {"units": 10**12}}


def of_ingest_worker(servers: Servers) -> dict[str, str]:
    return _common(servers, "ingest_worker") | {"POSTGRES_SECRET_ARN": _secret(servers, "p09_worker")}


def of_kpi_evaluation(servers: Servers) -> dict[str, str]:
    common = _common(servers, "kpi_evaluation")
    return {key: common[key] for key in common if not key.startswith(("POSTGRES_", "VALKEY_"))} | {
        "OPERATIONS_TABLE_NAME": OPERATIONS_TABLE,
        "METRICS_NAMESPACE": "P09/bench",
        "PROMETHEUS_URL": "",
        "REPORTS_BUCKET_NAME": "bench",
        "CONSOLE_URL": "http://127.0.0.1:9",
    }


def _secret(servers: Servers, role: str) -> str:
    name = f"bench-{role}"
    servers.aws.secrets[name] = {"username": role, "password": servers.passwords[role]}
    return name


def _common(servers: Servers, function: str) -> dict[str, str]:
    configuration = servers.configuration
    servers.aws.secrets[VALKEY_SECRET] = {"username": "default", "password": configuration.valkey_password}
    return {
        "STAGE": "local",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": str(configuration.postgres_port),
        "POSTGRES_DATABASE": "p09",
        "POSTGRES_TLS_CA": "",
        "VALKEY_HOST": LOOPBACK,
        "VALKEY_PORT": str(configuration.valkey_port),
        "VALKEY_TLS": "false",
        "VALKEY_SECRET_ARN": VALKEY_SECRET,
        "EVENT_BUS_NAME": BUS,
        "POWERTOOLS_SERVICE_NAME": function,
        "POWERTOOLS_METRICS_NAMESPACE": "P09",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": servers.aws.endpoint,
    }
