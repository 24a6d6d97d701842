"""The operations table in memory, for unit tests: the same conditions, the same order, no socket."""

from collections.abc import Callable, Iterable, Sequence

from shared.platform.aws.dynamodb import Delete, Overtaken, PrimaryKey, Put, Table, Value, Write

Stored = dict[str, Value]


class MemoryTable(Table):
    """``before_write`` is called once, before the next write: what somebody else does meanwhile, or a crash."""

    def __init__(self) -> None:
        self.items: dict[PrimaryKey, Stored] = {}
        self.before_write: Callable[[], object] | None = None
        self.after_write: Callable[[], object] | None = None

    def get(self, pk: str, sk: str) -> Stored | None:
        found = self.items.get((pk, sk))
        return dict(found) if found else None

    def get_many(self, keys: Iterable[PrimaryKey]) -> dict[PrimaryKey, Stored]:
        return {key: dict(self.items[key]) for key in keys if key in self.items}

    def query(
        self,
        pk: str,
        *,
        between: tuple[str, str] | None = None,
        before: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[Stored]:
        first, last = between or ("", "\U0010ffff")
        keys = sorted(
            key for key in self.items
            if key[0] == pk and first <= key[1] <= last and (before is None or key[1] < before)
        )  # fmt: skip
        return [dict(self.items[key]) for key in (keys[::-1] if newest_first else keys)[:limit]]

    def write(self, writes: Sequence[Write]) -> None:
        self._call_once("before_write")
        for write in writes:
            self._check(write)
        for write in writes:
            self._apply(write)
        self._call_once("after_write")

    def _call_once(self, name: str) -> None:
        meanwhile: Callable[[], object] | None = getattr(self, name)
        setattr(self, name, None)
        if meanwhile:
            meanwhile()

    def _check(self, write: Write) -> None:
        if isinstance(write, Put):
            stored = self.items.get((str(write.item["pk"]), str(write.item["sk"])), {})
            if any(stored.get(name) != value for name, value in write.expect.items()):
                raise Overtaken(f"{write.item['pk']} is not {dict(write.expect)}")

    def _apply(self, write: Write) -> None:
        match write:
            case Put():
                self.items[str(write.item["pk"]), str(write.item["sk"])] = dict(write.item)
            case Delete():
                self.items.pop(write.key, None)
            case _:
                self.items[write.key] |= write.attributes
