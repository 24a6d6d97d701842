"""The one reader of the environment."""

import os
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

from shared.platform.aws import AwsSettings, Credentials

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S", bound="DataclassInstance")


class MissingSettings(RuntimeError):
    """Environment keys that a function needs and was not given."""


def load(settings: type[S]) -> S:
    """Read a settings class from the environment: the field ``event_bus_name`` is the key ``EVENT_BUS_NAME``.

    Raises
    ------
    MissingSettings
        names every key that is not set. An empty value counts as set.
    """
    keys = {field.name: field.name.upper() for field in fields(settings)}
    missing = [key for key in keys.values() if key not in os.environ]  # noqa: TID251 -- the one reader
    if missing:
        raise MissingSettings(f"{settings.__module__} needs the environment keys: {', '.join(missing)}")
    return settings(**{name: os.environ[key] for name, key in keys.items()})  # noqa: TID251 -- the one reader


def aws_settings() -> AwsSettings:
    """What the Lambda runtime gives every function: its region and its role's credentials."""
    environment = os.environ  # noqa: TID251 -- the one reader
    return AwsSettings(
        region=environment.get("AWS_REGION", "us-east-1"),
        credentials=Credentials(
            access_key=environment.get("AWS_ACCESS_KEY_ID", ""),
            secret_key=environment.get("AWS_SECRET_ACCESS_KEY", ""),
            session_token=environment.get("AWS_SESSION_TOKEN", ""),
        ),
        endpoint=environment.get("AWS_ENDPOINT_URL", ""),
    )
