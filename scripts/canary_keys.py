"""The keys of the canary's site, for commands that send its events: of the local system, or given."""

import argparse
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from local.aws import CREDENTIALS
from local.state import State, default_state
from shared.health.canary import Keys, read_keys
from shared.platform.aws.secrets import read_secret
from shared.platform.aws.signed import AwsRefused, AwsSettings, AwsUnavailable, Credentials
from shared.platform.secret import Secret

LOCAL_SECRET: Final = "p09-local-canary"  # noqa: S105 -- the secret's name
NO_KEYS: Final = "its keys are missing. Give --canary FILE or P09_CANARY with what the secret p09-<stage>-canary holds"


class WrongUsage(Exception):
    """Says what was typed wrongly."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What such commands have in common."""
    parser.add_argument(
        "--canary", metavar="FILE", type=Path, help="JSON with site_id, write_key and read_key of the canary's site"
    )
    parser.add_argument("--state", metavar="FOLDER", type=Path, help="state folder of the local system, if not .local")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def url(text: str) -> str:
    """Of an argument."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is no address: write it as https://app.example.com")
    return text.rstrip("/")


def canary_keys(file: Path | None, state: Path | None, api_url: str) -> tuple[Keys | None, str]:
    """The keys, or why there are none. Raises WrongUsage for a ``file`` that holds none."""
    if file is not None:
        return _given(file), ""
    system = (State(state) if state else default_state()).system()
    if system is None or _origin(str(system["url"])) != _origin(api_url):
        return None, NO_KEYS
    return _local(system)


def _given(file: Path) -> Keys:
    try:
        keys = read_keys(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise WrongUsage(f"--canary: {file} can't be read: {error.strerror}") from error
    if keys is None:
        raise WrongUsage('--canary: needs JSON such as {"site_id": "1", "write_key": "p09w_…", "read_key": "p09r_…"}')
    return keys


def local_aws(state: Path | None) -> AwsSettings:
    """Where the local system's AWS is. Raises WrongUsage when it does not run."""
    system = (State(state) if state else default_state()).system()
    if system is None:
        raise WrongUsage("the local system does not run: start it with make run")
    return _aws(system)


def _aws(system: dict[str, Any]) -> AwsSettings:
    credentials = Credentials(
        access_key=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        secret_key=Secret(CREDENTIALS["AWS_SECRET_ACCESS_KEY"]),
        session_token=Secret(""),
    )
    return AwsSettings(region=str(system["region"]), credentials=credentials, endpoint=str(system["aws_endpoint"]))


def _local(system: dict[str, Any]) -> tuple[Keys | None, str]:
    aws = _aws(system)
    try:
        keys = read_keys(read_secret(aws, LOCAL_SECRET))
    except (AwsUnavailable, AwsRefused) as error:
        return None, f"the local secret {LOCAL_SECRET} can't be read: {error}"
    return keys, "" if keys else f"the local secret {LOCAL_SECRET} holds no keys: deploy anew"


def _origin(address: str) -> tuple[str, str]:
    """127.0.0.1 and localhost are the same machine."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.replace("localhost", "127.0.0.1")
