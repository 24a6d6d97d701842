"""`python -m local.tls_proxy FOLDER KIND:PORT:TARGET …`: TLS with the folder's certificate; supervised."""

import asyncio
import signal
import sys
from pathlib import Path

from local.tls_proxy.authority import Papers
from local.tls_proxy.relay import Way, listen


async def _serve(folder: Path, ways: list[Way]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    context = Papers(folder).context()
    servers = [await listen(way, context) for way in ways]
    await stopped.wait()
    for server in servers:
        server.close()


def main() -> None:
    folder, *ways = sys.argv[1:]
    with asyncio.Runner() as runner:
        runner.run(_serve(Path(folder), [Way.read(way) for way in ways]))


if __name__ == "__main__":
    main()
