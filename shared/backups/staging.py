"""Staging pointed to a restored database: a second `api` and `query` answer from it, at an address of their own.

They belong to the same stage as the first, so that nothing which is restored leaves its network, its secrets or its account. The
restored database is closed to writers first: what is looked at is what will be promoted. Staging points back by itself, whatever
becomes of the restore, to where a deploy has it.
"""

from typing import Final

from shared.backups.drill import Drill
from shared.platform.refusals import NotAllowed, NotNow

CLOSE: Final = "close the restored database"
POINT: Final = "point staging"
POINT_BACK: Final = "point staging back"


def may_point(drill: Drill) -> None:
    """While a restore waits for its sign-off. Raises ``NotAllowed`` and ``NotNow``."""
    if drill.kind != "restore":
        raise NotAllowed(
            "a drill destroys its database before it is signed off: `p09 restore start` begins a restore, which keeps it"
        )
    if drill.staging:
        raise NotNow(f"staging is pointed to {drill.id} already")
