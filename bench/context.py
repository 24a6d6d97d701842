"""What the rows share: how much to measure, the servers, started when the first row needs them, and each other's figures."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.peers import Peer
from bench.servers import Servers, servers
from bench.size import Size

Figures = dict[str, float]


@dataclass
class Context:
    """``folder`` is where servers keep what they have; ``umami`` is measured beside ours if it is given."""

    folder: Path
    size: Size = field(default_factory=Size)
    umami: Peer | None = None
    open: ExitStack = field(default_factory=ExitStack)
    _measured: dict[Callable[["Context"], Figures], Figures] = field(default_factory=dict)

    @cached_property
    def servers(self) -> Servers:
        return self.open.enter_context(servers(self.folder))

    def start_servers(self) -> None:
        """Start them now rather than when a row asks for them."""
        self.servers  # noqa: B018 -- a cached property

    def system_folder(self) -> Path:
        """A folder for a whole local system; it is removed at the end."""
        return Path(
            self.open.enter_context(tempfile.TemporaryDirectory(prefix="p09-bench-", ignore_cleanup_errors=True))
        )

    def once(self, measure: Callable[["Context"], Figures]) -> Figures:
        """Figures that several rows use: measured once in each run, for the row that comes first."""
        if measure not in self._measured:
            self._measured[measure] = measure(self)
        return self._measured[measure]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.open.close()
