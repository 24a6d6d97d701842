"""`python -m local.slack PORT STATE_FOLDER`: started by the supervisor.

What stands for GitHub answers under /github, everybody's inbox under /mail.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from local.chaos import ChaosWatch
from local.github.app import create_app as github_app
from local.mail.app import create_app as mail_app
from local.mail.app import read_mails
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
    chaos = ChaosWatch(State(Path(folder)))
    github = github_app(config.github_token, lambda: chaos.now().pipeline)
    mail = mail_app(lambda: read_mails(config.aws_endpoint))
    uvicorn.run(
        Starlette(routes=[Mount("/github", github), Mount("/mail", mail), Mount("/", create_app(slack))]),
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
