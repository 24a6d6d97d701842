"""`python -m local.backups STATE_FOLDER`: keeps this machine's backups by the runbook's schedules; supervised."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pg8000.native
from botocore.exceptions import BotoCoreError, ClientError

from local import postgres, valkey
from local.aws import aws_client
from local.backups.base_backup import Source
from local.backups.bucket import Documents
from local.backups.keeper import Duties, Keeper
from local.backups.promotion import Places
from local.backups.repository import Repository
from local.backups.restores import Making, Restores
from local.backups.valkey_snapshot import take_snapshot
from local.progress import say
from local.stacks import outputs
from local.state import LOOPBACK, Configuration, LocalError, State, free_port
from local.tls_proxy.beside import Beside
from shared.runbook.load import the_runbook

TICK_SECONDS = 1.0


def keeper(state: State, config: Configuration) -> Keeper:
    repository = Repository(state.backups, bytes.fromhex(config.backup_key))
    documents = Documents(aws_client("s3", config.aws_endpoint), outputs(config)["ArchiveBucketName"])
    making = Making(
        folder=state.folder / "restores",
        binaries=postgres.BINARIES,
        user=postgres.system_user(state.folder / "restores"),
        free_port=free_port,
        answers=lambda port: postgres.answers(config, port),
        admit_owner=lambda port: postgres.admit_owner(config, port),
        encrypt=lambda port: Beside(state.papers, "postgres", port),
    )
    return Keeper(repository, documents, Restores(repository, documents, making), _duties(state, config, repository))


def _duties(state: State, config: Configuration, repository: Repository) -> Duties:
    runbook = the_runbook()
    return Duties(
        source=Source(
            host=LOOPBACK,
            port=config.postgres_port,
            user=postgres.SUPERUSER,
            password=config.postgres_superuser_password,
            binaries=postgres.BINARIES,
        ),
        connect=lambda: _connect(config),
        snapshot=lambda now: _snapshot(state, config, repository, now),
        places=Places(state, config),
        nightly=runbook.schedules.nightly_backup,
        weekly=runbook.schedules.valkey_snapshot,
        daily_reading=runbook.schedules.backup_inspection,
        keep=runbook.tasks.backup_verification.minimum_retention,
    )


def _connect(config: Configuration) -> pg8000.native.Connection:
    return postgres.connect(config, postgres.SUPERUSER, config.postgres_superuser_password)


def _snapshot(state: State, config: Configuration, repository: Repository, now: datetime) -> str:
    client = valkey.connect(config)
    try:
        return take_snapshot(repository, client, state.folder / "valkey", now)
    finally:
        client.close()


def main() -> None:
    state = State(Path(sys.argv[1]))
    config = state.kept_configuration()
    if config is None:
        raise LocalError("nothing runs here: `make run` starts the system")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    kept = keeper(state, config)
    _until_done(lambda: kept.begin(datetime.now(UTC)), stopped)
    while not stopped.wait(TICK_SECONDS):
        try:
            kept.tick(datetime.now(UTC))
        except (BotoCoreError, ClientError) as error:
            say(f"no word with the functions: {error}")  # the local AWS restarts: told anew the next time
    kept.stop()


def _until_done(begin: Callable[[], None], stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            begin()
        except (BotoCoreError, ClientError) as error:
            say(f"not begun yet: {error}")
            time.sleep(TICK_SECONDS)
        else:
            return


if __name__ == "__main__":
    main()
