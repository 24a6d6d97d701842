"""MiniStack: AWS on this machine. It runs in a virtual environment of its own, with roles enforced."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx2

from local.aws import CREDENTIALS
from local.server import Server
from local.state import LOOPBACK, REGION, ROOT, Configuration, LocalError, State
from local.tls_proxy.authority import Papers

CHECKPOINT_PATH = "/_p09/checkpoint"
SCHEDULES_PATH = "/_p09/schedules"
_ROOM_FOR_ENVIRONMENTS = 1024**3
_COMMAND_SECONDS = 120  # a second, but on a machine that does much else


def ministack_server(state: State, config: Configuration, ready_again: Callable[[], None]) -> Server:
    folder = state.folder / "ministack"
    folder.mkdir(mode=0o700, exist_ok=True)
    environments = environments_folder(state)
    shutil.rmtree(environments, ignore_errors=True)  # what a kill left behind
    environments.mkdir(mode=0o700)
    return Server(
        name="ministack",
        command=[
            str(ROOT / ".venv/ministack/bin/python"),
            *("-m", "hypercorn", f"{ROOT / 'local/ministack_app/gateway.py'}:app"),
            *("--bind", f"{LOOPBACK}:{config.ministack_port}", "--graceful-timeout", "1"),
        ],
        log=state.log("ministack"),
        ready=lambda: _is_ready(config),
        ready_again=ready_again,
        start_seconds=_COMMAND_SECONDS,
        advice="Its state may be damaged: stop everything, remove the folder .local/ministack, start again.",
        # Nothing else: Lambda environments inherit what stands here, and must not find a missing setting.
        environment={
            "PATH": f"{ROOT / '.venv/bin'}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TMPDIR": str(environments),
            "AUTH": "true",
            "GATEWAY_PORT": str(config.ministack_port),
            "MINISTACK_HOST": LOOPBACK,
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(folder / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(folder / "s3"),
            "LAMBDA_WARM_TTL_SECONDS": "3600",
            # As AWS does: without what the trigger says, nobody gets a token.
            "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
            # What functions trust, as Amazon's authority is among those of Lambda's image.
            "SSL_CERT_FILE": str(Papers(state.papers).trusted),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            **CREDENTIALS,
        },
    )


def environments_folder(state: State) -> Path:
    """Where MiniStack unpacks functions, 4,000 files, and has a folder for each environment: in memory if there is room.

    A cold start takes under a second there, and up to six on a disk.
    """
    memory = Path("/dev/shm")  # noqa: S108  # a folder of our own in it, closed to others
    if memory.is_dir() and shutil.disk_usage(memory).total > _ROOM_FOR_ENVIRONMENTS:
        return memory / f"p09-{hashlib.sha256(str(state.folder).encode()).hexdigest()[:12]}"
    return state.folder / "ministack" / "environments"


def checkpoint(endpoint: str) -> None:
    """Have MiniStack write its state now, so that a kill does not lose what was just deployed."""
    _command(endpoint, CHECKPOINT_PATH)


def begin_schedules(endpoint: str) -> None:
    """Until then they rest: a system that is half started is no outage."""
    _command(endpoint, SCHEDULES_PATH)


def _command(endpoint: str, path: str) -> None:
    try:
        httpx2.post(f"{endpoint}{path}", timeout=_COMMAND_SECONDS, trust_env=False).raise_for_status()
    except httpx2.HTTPError as error:
        raise LocalError(
            f"MiniStack did not carry out {path} ({error}). When the machine is busy, start again once it is less so."
        ) from error


def _is_ready(config: Configuration) -> bool:
    try:
        answer = httpx2.get(f"{config.aws_endpoint}/_ministack/health", timeout=2, trust_env=False)
    except httpx2.TransportError:
        return False
    return answer.is_success
