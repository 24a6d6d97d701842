"""What the rows share: the servers, started when the first row needs them, and how long to measure."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self

from bench.servers import Servers, servers


@dataclass
class Context:
    """``seconds`` is for each HTTP row, ``runs`` for each cold start."""

    seconds: float
    runs: int
    open: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def servers(self) -> Servers:
        return self.open.enter_context(servers())

    def start_servers(self) -> None:
        """Start them now rather than when a row asks for them."""
        self.servers  # noqa: B018 -- a cached property

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.open.close()
