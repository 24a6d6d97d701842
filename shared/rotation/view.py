"""What the API says of the system's secrets; never what they hold."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict

from shared.platform.views import view


class SecretView(TypedDict):
    """``rotates`` is ``never`` for what no function of this system rotates; ``why`` then says who does, or why nobody.

    ``since`` is when the current version was made, null for what is not in Secrets Manager. ``wrong`` is empty while all is well.
    """

    name: str
    title: str
    rotates: Literal["by schedule", "on demand", "never"]
    why: str
    since: datetime | None
    age_days: int | None
    due_at: datetime | None
    unfinished_since: datetime | None
    wrong: str


@view
class SecretList(TypedDict):
    secrets: list[SecretView]
