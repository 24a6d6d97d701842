"""`python -m local.front_door PORT AWS_ENDPOINT STATE_FOLDER`: started by the supervisor."""

import sys
from pathlib import Path

import uvicorn

from local.chaos import ChaosWatch
from local.front_door.app import FrontDoor, create_app
from local.front_door.distribution import read_staging, read_status_page
from local.front_door.edge import Edge
from local.state import LOOPBACK, State


def main() -> None:
    port, endpoint, folder = sys.argv[1:]
    chaos, edge = ChaosWatch(State(Path(folder))), Edge(endpoint)
    uvicorn.run(
        create_app(
            FrontDoor(endpoint, chaos, edge),
            FrontDoor(endpoint, chaos, edge, read_status_page),
            FrontDoor(endpoint, chaos, edge, read_staging),
        ),
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
