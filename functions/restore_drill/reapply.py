"""What restored data has to go through again before anybody sees it, in this order.

It is older than the code that will use it: migrations bring its schema to what the code expects. What was revoked, removed or
erased since is so again at the promotion (`shared/together/restoring/forgetting.py`).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from shared.platform.migrations import migrate, read_migrations

if TYPE_CHECKING:
    from pg8000.native import Connection


def _migrations(connection: "Connection") -> list[str]:
    return [f"{one.version:04}_{one.name}" for one in migrate(connection, read_migrations())]


REAPPLIED: Final[dict[str, Callable[["Connection"], list[str]]]] = {"migrations": _migrations}


def reapply(connection: "Connection") -> Mapping[str, Any]:
    """By whom the restored database belongs to; says what was applied. Raises ``MigrationRefused``."""
    return {name: apply(connection) for name, apply in REAPPLIED.items()}
