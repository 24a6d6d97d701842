"""The one reader of the environment."""

import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, TypeVar

from shared.platform.aws.signed import AwsSettings, Credentials
from shared.platform.secret import Secret

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S", bound="DataclassInstance")

_ENVIRONMENT: Final = os.environ  # noqa: TID251 -- the one reader


class MissingSettings(RuntimeError):
    """Environment keys that a function needs and was not given."""


@dataclass(frozen=True)
class PostgresSettings:
    """Where PostgreSQL is; ``postgres_tls_ca`` is a path inside the bundle, empty on loopback only."""

    postgres_host: str
    postgres_port: str
    postgres_database: str
    postgres_tls_ca: str


@dataclass(frozen=True)
class ValkeySettings:
    """Where Valkey is; ``valkey_tls`` is ``true`` or ``false``."""

    valkey_host: str
    valkey_port: str
    valkey_tls: str
    valkey_secret_arn: str


def load(settings: type[S]) -> S:
    """Read a settings class from the environment: the field ``event_bus_name`` is the key ``EVENT_BUS_NAME``.

    Raises
    ------
    MissingSettings
        names every key that is not set. An empty value counts as set.
    """
    keys = {field.name: field.name.upper() for field in fields(settings)}
    missing = [key for key in keys.values() if key not in _ENVIRONMENT]
    if missing:
        raise MissingSettings(f"{settings.__module__} needs the environment keys: {', '.join(missing)}")
    return settings(**{name: _ENVIRONMENT[key] for name, key in keys.items()})


def aws_settings() -> AwsSettings:
    """What the Lambda runtime gives every function: its region and its role's credentials."""
    return AwsSettings(
        region=_ENVIRONMENT.get("AWS_REGION", "us-east-1"),
        credentials=Credentials(
            access_key=_ENVIRONMENT.get("AWS_ACCESS_KEY_ID", ""),
            secret_key=Secret(_ENVIRONMENT.get("AWS_SECRET_ACCESS_KEY", "")),
            session_token=Secret(_ENVIRONMENT.get("AWS_SESSION_TOKEN", "")),
        ),
        endpoint=_ENVIRONMENT.get("AWS_ENDPOINT_URL", ""),
    )
