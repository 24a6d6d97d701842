"""Secrets are told from other texts by their type and by no pattern: for every carrier and every way out of it."""

import copy
import io
import json
import traceback
from collections.abc import Callable
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from aws_lambda_powertools.logging import Logger

import functions
import shared
from shared.changes.waits import Waiting
from shared.communication.senders.port import exchange, poster
from shared.communication.senders.slack import SlackSender
from shared.communication.senders.webhook import signed
from shared.delivery import load
from shared.delivery.github import Access, read_access
from shared.health import canary
from shared.health import exchange as probing
from shared.identity.keys import Key, MalformedKey, parse_key
from shared.identity.people import InvitationToken
from shared.platform.aws.secrets import Login
from shared.platform.aws.signed import AwsSettings, Credentials
from shared.platform.outgoing.send import OutgoingRefused, Policy, Request, send
from shared.platform.secret import Secret
from tests.unit.shared.communication.senders.test_formats import SAID

MARKER = "MaRkEr0123456789"
SECRET = Secret(MARKER)
SITE = load.Site(id="7", page="https://canary.p09.invalid/load", write_key=SECRET, read_key=SECRET)
WEBHOOK = f"https://hooks.slack.com/services/{MARKER}"
CARRIERS = [
    SECRET,
    Login("p09_api", SECRET),
    AwsSettings(
        region="eu-west-1", credentials=Credentials(access_key="AK", secret_key=SECRET, session_token=SECRET)
    ),
    Key("ingest", "p09w_12345678", SECRET),
    InvitationToken(SECRET),
    Access(repository="acme/shop", token=SECRET),
    Waiting(change="c-1", token=SECRET, waits_for="approval", version=1, since="", entered="", attempt=0),
    canary.Keys(site_id="7", write_key=SECRET, read_key=SECRET),
    SITE,
]  # fmt: skip
REQUESTS = [
    load.request(0, SITE, "run"),
    Request(method="POST", url=WEBHOOK, headers={"authorization": f"Bearer {MARKER}"}, body=MARKER.encode()),
    signed(WEBHOOK, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], SAID, datetime.now(UTC)),
    probing.Request(url="https://p09.invalid", headers={"authorization": f"Bearer {MARKER}"}),
]


@pytest.fixture
def logged() -> Callable[[Callable[[Logger], object]], str]:
    """What the functions' logger writes."""

    def write(say: Callable[[Logger], object]) -> str:
        stream = io.StringIO()
        logger = Logger(service=f"secrets-{id(stream)}", stream=stream)
        say(logger)
        assert stream.getvalue()
        return stream.getvalue()

    return write


Logged = Callable[[Callable[[Logger], object]], str]


def raised(act: Callable[[], object]) -> Exception:
    try:
        act()
    except Exception as error:  # noqa: BLE001 -- whichever it is, it would be logged
        return error
    pytest.fail("nothing was raised")


def failing(carrier: object) -> None:
    raise RuntimeError("it failed with", carrier, f"{carrier}") from KeyError(carrier)


@pytest.mark.parametrize("carrier", [*CARRIERS, *REQUESTS], ids=lambda carrier: type(carrier).__module__)
def test_no_carrier_of_a_secret_shows_it_in_a_log(carrier: object, logged: Logged) -> None:
    error = raised(lambda: failing(carrier))
    ways: list[Callable[[Logger], object]] = [
        lambda logger: logger.info(carrier),
        lambda logger: logger.info("with %s and %r", carrier, carrier),
        lambda logger: logger.info(" ".join([f"{carrier}", f"{carrier!r}", f"{carrier!s}"])),
        lambda logger: logger.info("extra", extra={"carrier": carrier, "list": [carrier], "nested": {"one": carrier}}),
        lambda logger: logger.error("failed", exc_info=error),
    ]
    for way in ways:
        assert MARKER not in logged(way)
    assert MARKER not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: type(carrier).__module__)
def test_a_carrier_that_is_taken_apart_or_copied_still_shows_none(carrier: Any, logged: Logged) -> None:
    parts = asdict(carrier) if is_dataclass(carrier) and not isinstance(carrier, type) else {"it": carrier}
    for shown in (json.dumps(parts, default=str), repr(copy.deepcopy(carrier)), repr(parts), f"{parts}"):
        assert MARKER not in shown
        assert "***" in shown
    assert MARKER not in logged(lambda logger: logger.info("parts", extra=parts))


def test_a_secret_goes_into_no_text_by_accident() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": SECRET})
    several: list[Any] = [SECRET, SECRET]
    with pytest.raises(TypeError):
        ", ".join(several)
    assert SECRET.reveal() == MARKER
    assert Secret(MARKER) == SECRET
    assert Secret("") != SECRET
    assert not Secret("")


def _dataclasses() -> dict[str, type[Any]]:
    found: dict[str, type[Any]] = {}
    for package in (shared, functions):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] in {"handler", "world", "wiring", "app"} and "functions" in module.name:
                continue  # composition roots read the environment
            for one in vars(import_module(module.name)).values():
                if isinstance(one, type) and is_dataclass(one):
                    found[f"{one.__module__}.{one.__qualname__}"] = one
    return found


def test_whatever_is_called_a_password_a_token_or_a_key_of_a_bearer_is_of_the_type() -> None:
    endings = ("password", "token", "secret", "secret_key", "write_key", "read_key", "passphrase")
    named = {
        f"{name}.{field.name}": field.type
        for name, one in _dataclasses().items()
        for field in fields(one)
        if field.name.endswith(endings)
    }
    assert len(named) >= 9
    assert {name for name, kind in named.items() if kind not in (Secret, "Secret")} == set()


@pytest.mark.parametrize(
    "address",
    [
        f"https://user:{MARKER}@hooks.slack.com/x",
        f"https://user:{MARKER}/x@hooks.slack.com/",
        f"ftp://hooks.slack.com/{MARKER}",
        f"https://hooks.slack.com/{MARKER}\n",
        f"https://hooks.slack.com/ü{MARKER}",
        f"https://hooks.slack.com:{MARKER}/",
        f"https:///{MARKER}",
        f"https://[{MARKER}/x",
        f"http://hooks.slack.com:22/{MARKER}",
    ],
)
def test_an_address_that_is_refused_is_not_told(address: str, logged: Logged) -> None:
    error = raised(lambda: send(Request(method="POST", url=address), Policy(), 1))
    assert isinstance(error, OutgoingRefused)
    assert MARKER not in logged(lambda logger: logger.error("not sent", exc_info=error))
    assert MARKER not in str(exchange(poster(Policy()), Request(method="POST", url=address)))
    slack = SlackSender(lambda: {"webhooks": {SAID.channel: address}}, poster(Policy()))
    assert MARKER not in repr(slack(SAID))


def test_a_redirect_that_is_refused_tells_no_address() -> None:
    from shared.platform.outgoing.send import Response, _redirected

    for location in (f"http://elsewhere.example/{MARKER}", f"ftp://elsewhere.example/{MARKER}"):
        answer = Response(status=307, headers={"location": location}, body=b"")
        error = raised(lambda answer=answer: _redirected(Request(method="POST", url=WEBHOOK), answer))  # type: ignore[misc]  # mypy does not infer a lambda with a default
        assert MARKER not in "".join(traceback.format_exception(error))


def test_a_token_that_fits_no_header_is_refused_before_it_is_told() -> None:
    text = json.dumps({"repository": "acme/shop", "token": f"ghp\n{MARKER}"})
    with pytest.raises(ValueError, match="one line") as refused:
        read_access(text)
    assert MARKER not in "".join(traceback.format_exception(refused.value))
    keys = {"site_id": "7", "write_key": f"p09w\n{MARKER}", "read_key": MARKER}
    assert canary.read_keys(json.dumps(keys)) is None


def test_a_mistyped_key_is_not_told() -> None:
    for text in (MARKER, f"p09w_12345678_{MARKER}", f"p09w_12345678_{MARKER * 2}00000000"):
        with pytest.raises(MalformedKey) as refused:
            parse_key(text)
        assert MARKER not in str(refused.value)
