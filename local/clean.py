"""`make clean`: remove the local system's state, once nothing runs any more."""

import shutil
import sys

from local.ministack import environments_folder
from local.progress import say
from local.state import LocalError, State, default_state


def clean(state: State) -> None:
    """Raises LocalError while the system runs."""
    if not state.folder.exists():
        return
    with state.lock() as is_ours:
        if not is_ours:
            raise LocalError("the local system is running: stop it (Ctrl-C in its terminal), then `make clean`")
        shutil.rmtree(environments_folder(state), ignore_errors=True)
        shutil.rmtree(state.folder)
    say(f"removed {state.folder.name}")


def main() -> None:
    try:
        clean(default_state())
    except LocalError as error:
        sys.exit(f"FAILED: {error}")


if __name__ == "__main__":
    main()
