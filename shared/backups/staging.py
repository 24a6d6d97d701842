"""Staging pointed to a restored database: a second `api` and `query` answer from it, at an address of their own.

They belong to the same stage as the first, so that nothing which is restored leaves its network, its secrets or its account. The
restored database is closed to writers first: what is looked at is what will be promoted. Staging points back by itself, whatever
becomes of the restore, to where a deploy has it.
"""

from typing import Final

from shared.backups.drill import Drill
from shared.backups.store import Step
from shared.platform.refusals import NotAllowed, NotNow

CLOSE: Final = "close the restored database"
POINT: Final = "point staging"
POINT_BACK: Final = "point staging back"


def may_point(drill: Drill, pointed: Step | None) -> None:
    """While a restore waits for its sign-off. Raises ``NotAllowed`` and ``NotNow``."""
    if drill.kind != "restore":
        raise NotAllowed(
            "a drill destroys its database before it is signed off: `p09 restore start` begins a restore, which keeps it"
        )
    if is_done(pointed):
        raise NotNow(f"staging is pointed to {drill.id} already")


def points_to(point: Step | None, back: Step | None) -> str:
    """The address at which staging answers from the restored database; empty when it doesn't."""
    return str((point.result or {}).get("address", "")) if point and is_done(point) and not is_done(back) else ""


def is_done(step: Step | None) -> bool:
    return step is not None and step.result is not None
