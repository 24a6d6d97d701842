"""What arrived at Slack's stand-in: kept in a file, each message a line, nothing taken out twice or put together."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Via = Literal["bot", "incoming webhook", "signed webhook"]


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """``ts`` is what Slack calls a message by; ``thread_ts`` that of the message which it answers."""

    ts: str
    at: str
    via: Via
    channel: str
    text: str
    dedup_key: str
    thread_ts: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)


class Inbox:
    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self.messages = [Arrived(**json.loads(line)) for line in lines]

    def next_ts(self) -> str:
        """Seconds and microseconds, later than any before."""
        last = float(self.messages[-1].ts) if self.messages else 0.0
        return f"{max(datetime.now(UTC).timestamp(), last + 0.000001):.6f}"

    def add(self, message: Arrived) -> None:
        with self._file.open("a") as file:
            file.write(f"{json.dumps(asdict(message))}\n")
        self.messages.append(message)

    def has(self, channel: str, ts: str) -> bool:
        return any((one.channel, one.ts) == (channel, ts) for one in self.messages)
