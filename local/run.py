"""`make run`: the whole system on this machine, until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from local.progress import say
from local.state import LocalError, State, default_state
from local.system import announce, started, warm_up


class Stop(Exception):  # not an error: a person or a process manager asks
    """SIGINT or SIGTERM arrived."""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Turn both signals into one `Stop`; later ones are ignored, lest they cut the orderly stop short."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        ignore()
        raise Stop

    def ignore() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
    try:
        yield
    finally:
        ignore()


def run(state: State, port: int, *, demo: bool) -> None:
    """Run the system until a stop signal; raises LocalError when it can't be started or kept up."""
    state.prepare()
    with state.lock() as is_ours:
        if not is_ours:
            running = state.system()
            where = f"{running['url']} (process {running['pid']})" if running else "it is just starting or stopping"
            say(f"it already runs: {where}")
            return
        config = state.configuration(port)
        with started(state, config, demo=demo) as supervisor:
            announce(state, config, demo=demo)
            warm_up(config)
            supervisor.watch(until=lambda: False)


def command_line(module: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--port", type=int, default=8000, help="of the front door; 0 takes any free one")
    parser.add_argument("--state", type=_state, default=default_state(), help="another folder than .local")
    return parser


def _state(folder: str) -> State:
    return State(Path(folder).resolve())


def main() -> None:
    parser = command_line("local.run", __doc__)
    parser.add_argument("--demo", type=int, default=1, help="0 starts it empty")
    arguments = parser.parse_args()
    try:
        with stop_signals():
            run(arguments.state, arguments.port, demo=bool(arguments.demo))
    except Stop:
        say("stopped")
    except LocalError as error:
        sys.exit(f"\nFAILED: {error}")


if __name__ == "__main__":
    main()
