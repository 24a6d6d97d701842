"""Wakes the worker that stores events."""

from shared.collection.stream import STREAM, WAKE_DETAIL_TYPE, WAKE_SOURCE, forget_awake
from shared.platform.aws.bus import put_event
from shared.platform.aws.signed import AwsRefused, AwsUnavailable
from shared.platform.settings import aws_settings
from shared.platform.valkey import Valkey


def wake(bus: str, valkey: Valkey) -> None:
    """Tell the worker that events wait. The events are durable: a wake-up that fails costs a minute, not an event."""
    try:
        put_event(aws_settings, bus, source=WAKE_SOURCE, detail_type=WAKE_DETAIL_TYPE, detail={"stream": STREAM})
    except (AwsRefused, AwsUnavailable):
        from aws_lambda_powertools.logging import Logger

        Logger(child=True).exception("the worker was not woken; its schedule will find the events")
        forget_awake(valkey)
