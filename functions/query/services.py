"""The servers that requests for numbers share."""

from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request

from functions.query.settings import Settings
from shared.http.origin_proof import OriginProof
from shared.http.people import PeopleServices


class Services(PeopleServices):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, "query")
        self.settings = settings

    @cached_property
    def origin_proof(self) -> OriginProof:
        return OriginProof.by_secret(self.settings.origin_secret_arn)


async def services(request: Request) -> Services:
    asked: Services = request.app.state.services
    return asked


ServicesOf = Annotated[Services, Depends(services)]
