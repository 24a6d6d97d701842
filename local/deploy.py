"""`make deploy-local`: deploy what changed to the running system, without a restart."""

import sys

from local.progress import say
from local.run import command_line
from local.stacks import ensure_deployed
from local.state import LocalError, State


def deploy(state: State) -> None:
    config = state.kept_configuration()
    if state.system() is None or config is None:
        raise LocalError("nothing runs here: `make run` starts the system and deploys everything")
    if ensure_deployed(state, config):
        say(f"{config.url} runs what was just deployed")


def main() -> None:
    try:
        deploy(command_line("local.deploy", __doc__).parse_args().state)
    except LocalError as error:
        sys.exit(f"\nFAILED: {error}")


if __name__ == "__main__":
    main()
