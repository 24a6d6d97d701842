"""Rotations in the audit trail."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from shared.audit.chain import OPERATIONS, Entry
from shared.audit.store import record
from shared.rotation.rotation import Tell

if TYPE_CHECKING:
    from shared.platform.postgres import Database


def trail(database: "Database") -> Tell:
    """Once for each version. Raises ``PostgresUnavailable``: then nothing was rotated."""

    def tell(secret_id: str, version: str, what: Mapping[str, str]) -> None:
        entry = Entry(
            id=uuid5(NAMESPACE_URL, version), organisation_id=OPERATIONS, actor="function:secret_rotation",
            action="secret.rotate", subject=f"secret/{secret_id}"[:300], after={**what, "version": version},
        )  # fmt: skip
        with database.transaction([OPERATIONS]) as connection:
            record(connection, entry)

    return tell
