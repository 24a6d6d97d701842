"""`make clean`: remove the local system's state, once nothing runs any more."""

import shutil
import sys

from local.ministack import environments_folder
from local.progress import say
from local.state import default_state


def main() -> None:
    state = default_state()
    if not state.folder.exists():
        return
    with state.lock() as is_ours:
        if not is_ours:
            sys.exit("FAILED: the local system is running. Stop it (Ctrl-C in its terminal), then `make clean`.")
        shutil.rmtree(environments_folder(state), ignore_errors=True)
        shutil.rmtree(state.folder)
    say(f"removed {state.folder.name}")


if __name__ == "__main__":
    main()
