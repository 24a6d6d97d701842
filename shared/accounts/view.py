"""What the API says of accounts."""

from datetime import datetime

from typing_extensions import TypedDict

from shared.accounts.model import State, Wanted
from shared.platform.views import view


@view
class AccountView(TypedDict):
    """``state`` is *pending* until what was ``wanted`` has been done, and *failed* when it can't be: ``detail`` says why."""

    email: str
    name: str
    roles: list[str]
    wanted: Wanted
    state: State
    detail: str
    asked_by: str
    asked_at: datetime


@view
class AccountList(TypedDict):
    people: list[AccountView]
