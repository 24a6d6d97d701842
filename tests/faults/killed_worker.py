"""A worker that is killed, as by `kill -9`, at a chosen moment of its first drain. Run by a test as a process of its own."""

import json
import os
import signal
import sys
from collections.abc import Sequence

import pytest
from pg8000.native import Connection

from shared.collection.entry import Entry
from shared.platform.postgres import Address, Database, connect
from shared.platform.valkey import Address as ValkeyAddress
from shared.platform.valkey import Valkey, open_connection
from shared.storage import drain as drain_module
from shared.storage.store import store


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, where: dict[str, str]) -> None:
    postgres = Address(host=where["host"], port=int(where["postgres_port"]), database=where["database"])
    valkey = ValkeyAddress(host=where["host"], port=int(where["valkey_port"]))
    database = Database(
        lambda: connect(postgres, user="p09_worker", password=where["postgres_password"], application="killed")
    )
    patch = pytest.MonkeyPatch()
    if moment == "before commit":

        def store_and_die(connection: Connection, entries: Sequence[Entry]) -> None:
            store(connection, entries)
            die()

        patch.setattr(drain_module, "store", store_and_die)
    else:
        patch.setattr(drain_module, "_acknowledge", die)
    drain_module.drain(
        Valkey(lambda: open_connection(valkey, password=where["valkey_password"], timeout=5)), database, lambda: True
    )


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
