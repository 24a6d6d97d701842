"""Names of events that mean something to us, apart from the event model: the worker needs no pydantic."""

from typing import Final

PAGEVIEW: Final = "pageview"
ENGAGEMENT: Final = "engagement"
