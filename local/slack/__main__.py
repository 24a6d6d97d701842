"""`python -m local.slack PORT STATE_FOLDER`: started by the supervisor."""

import sys
from pathlib import Path

import uvicorn

from local.slack.app import Slack, create_app
from local.slack.messages import Inbox
from local.state import LOOPBACK, State


def main() -> None:
    port, folder = sys.argv[1:]
    config = State(Path(folder)).kept_configuration()
    if config is None:
        sys.exit(f"{folder} has no configuration: `make run` writes it")
    slack = Slack(
        Inbox(Path(folder) / "slack.jsonl"), token=config.slack_token, webhook_secret=config.slack_webhook_secret
    )
    uvicorn.run(
        create_app(slack),
        host=LOOPBACK,
        port=int(port),
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
