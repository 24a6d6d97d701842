"""What Lambda tells a function of its own invocation."""

from datetime import timedelta
from typing import Protocol


class Context(Protocol):
    def get_remaining_time_in_millis(self) -> int: ...


def remaining(context: Context) -> timedelta:
    """How long the function may still take."""
    return timedelta(milliseconds=context.get_remaining_time_in_millis())
