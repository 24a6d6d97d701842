"""The servers that requests with events share."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from functions.collect.settings import Settings
from shared.collection.entry import Entry
from shared.collection.stream import append_within, woke
from shared.collection.visitor import Visitors
from shared.http import services as http
from shared.http.origin_proof import OriginProof
from shared.http.wake import wake
from shared.platform.limits import Take, Within
from shared.platform.valkey import Command


class Services(http.Services):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, "collect")
        self.settings = settings

    @cached_property
    def visitors(self) -> Visitors:
        return Visitors(self.valkey)

    @cached_property
    def origin_proof(self) -> OriginProof:
        return OriginProof.by_secret(self.settings.origin_secret_arn)

    def append(self, entry: Entry, takes: Sequence[Take], *also: Command) -> Within:
        """Make events durable within limits, and wake the worker when it was idle.

        Raises ``LimitExceeded`` and ``ValkeyUnavailable``.
        """
        appended = append_within(self.valkey, entry, takes, *also)
        if woke(appended):
            self.wake()
        return appended

    def wake(self) -> None:
        wake(self.settings.event_bus_name, self.valkey)


async def services(request: Request) -> Services:
    asked: Services = request.app.state.services
    return asked


ServicesOf = Annotated[Services, Depends(services)]
