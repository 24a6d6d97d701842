"""The servers that requests for numbers share."""

from typing import Annotated

from fastapi import Depends, Request

from functions.query.settings import Settings
from shared.http.people import PeopleServices


class Services(PeopleServices):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, "query")


async def services(request: Request) -> Services:
    asked: Services = request.app.state.services
    return asked


ServicesOf = Annotated[Services, Depends(services)]
