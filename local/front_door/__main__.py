"""`python -m local.front_door PORT AWS_ENDPOINT`: started by the supervisor."""

import sys

import uvicorn

from local.front_door.app import FrontDoor, create_app
from local.state import LOOPBACK


def main() -> None:
    port, endpoint = sys.argv[1:]
    uvicorn.run(
        create_app(FrontDoor(endpoint)),
        host=LOOPBACK,
        port=int(port),
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
