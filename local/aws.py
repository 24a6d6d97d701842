"""Clients of the local AWS."""

from collections.abc import Mapping
from typing import Any

from local.state import REGION

CREDENTIALS: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""MiniStack's root: it may do everything, and reaches nothing but this machine."""


def aws_client(name: str, endpoint: str) -> Any:
    """A boto3 client for the service of this name."""
    # Imported late: half a second that most commands of the command line need not pay.
    import boto3
    from botocore.config import Config

    session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    config = Config(retries={"total_max_attempts": 2}, read_timeout=70)
    client: Any = session.client(name, endpoint_url=endpoint, config=config)
    return client
