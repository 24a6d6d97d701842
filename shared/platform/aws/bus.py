"""The event bus, for functions that can't afford boto3's import."""

import json
from collections.abc import Callable
from typing import Any

from shared.platform.aws.signed import AwsRefused, AwsSettings, call


def put_event(
    settings: Callable[[], AwsSettings], bus: str, *, source: str, detail_type: str, detail: dict[str, Any]
) -> None:
    """Put one event on the bus. Raises ``AwsUnavailable`` or ``AwsRefused`` when the bus did not take it."""
    entry = {"EventBusName": bus, "Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    answer = call(settings(), "events", "AWSEvents.PutEvents", {"Entries": [entry]})
    if answer.get("FailedEntryCount"):
        raise AwsRefused(f"AWSEvents.PutEvents: {answer['Entries']}")
