"""What the workflow of each change waits for, and the token of the task by which it is woken; in the operations table."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from shared.platform.aws.dynamodb import Item, Overtaken, Put, Table, Value
from shared.platform.secret import Secret

_PARTITION: Final = "promotion-wait"
_TRIES: Final = 5


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """``version`` is that of the change when it began to wait; ``entered`` and ``attempt`` say which of two is the later."""

    change: str
    token: Secret
    waits_for: str
    version: int
    since: str
    entered: str
    attempt: int

    @property
    def order(self) -> tuple[str, int]:
        return self.entered, self.attempt


class WaitStore:
    """Raises ``AwsUnavailable`` and ``AwsRefused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, change: str) -> Waiting | None:
        found = self._table.get(_PARTITION, change)
        return _waiting(found) if found else None

    def get_many(self, changes: Iterable[str]) -> dict[str, Waiting]:
        found = self._table.get_many((_PARTITION, change) for change in changes)
        return {key[1]: _waiting(item) for key, item in found.items()}

    def keep(self, waiting: Waiting) -> None:
        """The latest counts: one that was thought dead and comes late has no token that anybody waits for."""
        for _ in range(_TRIES):
            before = self.get(waiting.change)
            if before and before.order > waiting.order:
                return
            expect: dict[str, Value | None] = {"pk": None}
            if before:
                expect = {"entered": before.entered, "attempt": before.attempt}
            try:
                self._table.write([Put(item=_item(waiting), expect=expect)])
            except Overtaken:
                continue
            return
        raise Overtaken(f"{waiting.change}: others have written {_TRIES} times meanwhile")


def _item(waiting: Waiting) -> Item:
    content: dict[str, Any] = asdict(waiting)
    return {"pk": _PARTITION, "sk": content.pop("change"), **content, "token": waiting.token.reveal()}


def _waiting(item: dict[str, Value]) -> Waiting:
    return Waiting(
        change=str(item["sk"]), token=Secret(str(item["token"])), waits_for=str(item["waits_for"]), version=int(item["version"]),
        since=str(item["since"]), entered=str(item["entered"]), attempt=int(item["attempt"]),
    )  # fmt: skip
