"""The operations table while functions are measured: in memory, where reads cost the same however much it holds."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

PREFIX: Final = "DynamoDB_20120810."

Attributes = dict[str, dict[str, str]]


@dataclass
class OperationsTable:
    """Takes every condition as met: rows measure one evaluator. ``calls`` and ``items_read`` count what was asked for."""

    partitions: dict[str, dict[str, Attributes]] = field(default_factory=lambda: defaultdict(dict))
    calls: Counter[str] = field(default_factory=Counter)
    items_read: int = 0

    def answer(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        self.calls[operation] += 1
        match operation:
            case "GetItem":
                found = self._get(body["Key"])
                return {"Item": found} if found else {}
            case "BatchGetItem":
                return self._batch(body["RequestItems"])
            case "Query":
                return {"Items": self._query(body)}
            case "TransactWriteItems":
                for write in body["TransactItems"]:
                    self._write(write)
                return {}
        raise LookupError(f"{operation}: the benchmark's table knows no such operation")

    def put(self, item: Attributes) -> None:
        self.partitions[item["pk"]["S"]][item["sk"]["S"]] = item

    def _get(self, key: Attributes) -> Attributes | None:
        found = self.partitions[key["pk"]["S"]].get(key["sk"]["S"])
        self.items_read += found is not None
        return found

    def _batch(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return {
            "Responses": {
                name: [found for key in asked["Keys"] if (found := self._get(key))] for name, asked in wanted.items()
            },
            "UnprocessedKeys": {},
        }

    def _query(self, body: dict[str, Any]) -> list[Attributes]:
        """Of the few partitions that an evaluation looks through."""
        values = {name: value["S"] for name, value in body["ExpressionAttributeValues"].items()}
        first, last = values.get(":first", ""), values.get(":last", "\U0010ffff")
        partition = self.partitions[values[":pk"]]
        return [partition[sk] for sk in sorted(partition) if first <= sk <= last]

    def _write(self, write: dict[str, Any]) -> None:
        [(kind, asked)] = write.items()
        if kind == "Put":
            self.put(asked["Item"])
        elif kind == "Delete":
            self.partitions[asked["Key"]["pk"]["S"]].pop(asked["Key"]["sk"]["S"], None)
