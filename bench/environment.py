"""The environment of our functions while they are measured: a value for each field of the function's settings class."""

import json
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Final

from bench.benched import LOGINS
from bench.bundle import MeasuringFailed
from bench.servers import Servers
from local.state import LOOPBACK, REGION
from shared.runbook.load import the_runbook

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOWHERE: Final = "http://127.0.0.1:9"  # nobody answers there, and no row asks
WIDE: Final = {"per_second": 10**9, "burst": 10**12, "units": 10**12}


class UnknownSetting(MeasuringFailed):
    """A settings class has fields for which there is no value here."""


def of(function: str, servers: Servers) -> dict[str, str]:
    """The environment of a function by its folder's name. Raises ``UnknownSetting``."""
    settings: type[DataclassInstance] = import_module(f"functions.{function}.settings").Settings
    return filled(settings, _values(function, servers)) | _of_the_runtime(function, servers)


def filled(settings: "type[DataclassInstance]", values: Mapping[str, str]) -> dict[str, str]:
    """A settings class as an environment. Raises ``UnknownSetting``, which names every field without a value."""
    names = [field.name for field in fields(settings)]
    if unknown := [name for name in names if name not in values]:
        raise UnknownSetting(f"{settings.__module__}: bench/environment.py has no value for {', '.join(unknown)}")
    return {name.upper(): values[name] for name in names}


def _values(function: str, servers: Servers) -> dict[str, str]:
    configuration = servers.configuration
    login = {"postgres_secret_arn": _login(LOGINS[function], servers)} if function in LOGINS else {}
    return login | {
        "stage": "local",
        "postgres_host": LOOPBACK,
        "postgres_port": str(configuration.postgres_port),
        "postgres_database": "p09",
        "postgres_tls_ca": "",
        "valkey_host": LOOPBACK,
        "valkey_port": str(configuration.valkey_port),
        "valkey_tls": "false",
        "valkey_secret_arn": _secret("valkey", "default", configuration.valkey_password, servers),
        "origin_secret_arn": _secret("origin-proof", "origin", "bench", servers),
        "event_bus_name": "bench",
        "operations_table_name": "bench",
        "restore_workflow_arn": "arn:aws:states:us-east-1:000000000000:stateMachine:bench",
        "identity_issuer": f"{NOWHERE}/pool",
        "identity_client_ids": "bench",
        "identity_pipeline_client_id": "bench-pipeline",
        "limits": json.dumps(_wide_limits()),
        "metrics_namespace": "P09/bench",
        "prometheus_url": "",
        "archive_bucket_name": "bench",
    }


def _of_the_runtime(function: str, servers: Servers) -> dict[str, str]:
    """What `infra` and Lambda itself give every function."""
    return {
        "POWERTOOLS_SERVICE_NAME": function,
        "POWERTOOLS_METRICS_NAMESPACE": "P09",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": servers.aws.endpoint,
    }


def _wide_limits() -> dict[str, dict[str, int]]:
    """The runbook's limits, checked as in AWS, with numbers that no benchmark reaches."""
    limits = the_runbook().limits.model_dump()
    return {name: {key: WIDE[key] for key in limit if key in WIDE} for name, limit in limits.items()}


def _login(role: str, servers: Servers) -> str:
    return _secret(role, role, servers.passwords[role], servers)


def _secret(name: str, username: str, password: str, servers: Servers) -> str:
    servers.aws.secrets[name] = {"username": username, "password": password}
    return name
