"""The canary: an event is sent as a customer's server sends it, and must then be seen as a customer's console sees it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from shared.health.checks import Check, WrongAnswer, excerpt
from shared.health.exchange import Answer, NoAnswer, Request, exchange, since
from shared.health.model import CANARY, Outcome, Result
from shared.platform.secret import Secret, is_header_value

ORGANISATION: Final = UUID("70303900-0000-4000-8000-000000000001")  # P09's own
SITE: Final = "https://canary.p09.invalid"  # RFC 6761: a name that nobody can ever own
POLL_SECONDS: Final = 0.5
FIELDS: Final = ("site_id", "write_key", "read_key")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Of the canary's site."""

    site_id: str
    write_key: Secret
    read_key: Secret

    def to_json(self) -> str:
        keys = {"write_key": self.write_key.reveal(), "read_key": self.read_key.reveal()}
        return json.dumps({"site_id": self.site_id, **keys})


def read_keys(text: str) -> Keys | None:
    """The canary's secret; None for what a deployment has not filled in yet."""
    try:
        found = json.loads(text)
        values = {name: found[name] for name in FIELDS}
    except (ValueError, KeyError, TypeError):
        return None
    if not all(isinstance(value, str) and value and is_header_value(value) for value in values.values()):
        return None
    return Keys(site_id=values["site_id"], write_key=Secret(values["write_key"]), read_key=Secret(values["read_key"]))


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``timeout`` of each request and ``within`` from sending to seeing, in seconds."""

    timeout: float
    within: float


def canary_check(
    api_url: str, keys: Keys, run: str, limits: Limits, *, sleep: Callable[[float], object] = time.sleep
) -> Check:
    """``run`` names the event: the same run, made again, sends the same event, which counts once."""
    address = f"{api_url.rstrip('/')}/v1/events"

    def make() -> Outcome:
        started = time.perf_counter()
        _send(address, keys, run, limits)
        while (seen := _seen(api_url, keys, run, limits)) == 0:
            if since(started) > limits.within * 1000:
                raise WrongAnswer(
                    f"an event that was accepted is not seen in a query within {limits.within:g} s", HTTPStatus.OK
                )
            sleep(POLL_SECONDS)
        if seen != 1:
            raise WrongAnswer(f"an event that was sent once is counted {seen:g} times", HTTPStatus.OK)
        took = since(started)
        return Outcome(
            check=CANARY, address=address, result=Result.PASSED, milliseconds=took, status=HTTPStatus.OK, reached=True,
            why=f"an event was sent and seen in a query within {took / 1000:.1f} s",
        )  # fmt: skip

    return Check(name=CANARY, address=address, within=limits.within + 2 * limits.timeout, make=make)


def reading_check(api_url: str, keys: Keys, limits: Limits) -> Check:
    """In place of a canary where no event is taken: its site's numbers of the last day are asked for."""
    address = f"{api_url.rstrip('/')}/v1/query"

    def make() -> Outcome:
        started = time.perf_counter()
        query = {"site_id": keys.site_id, "metrics": ["pageviews"], "date_range": "24h"}
        counted = _counted("asking for its numbers", api_url, keys, query, limits)
        return Outcome(
            check=CANARY, address=address, result=Result.PASSED, milliseconds=since(started), status=HTTPStatus.OK,
            reached=True, why=f"its site's last day was asked for: {counted:g} pageviews; no event was sent",
        )  # fmt: skip

    return Check(name=CANARY, address=address, within=limits.timeout, make=make)


def not_made(api_url: str, result: Result, why: str) -> Check:
    """In place of a canary that can't be sent: it says so, and is never taken for one that passed."""
    address = f"{api_url.rstrip('/')}/v1/events"
    outcome = Outcome(check=CANARY, address=address, result=result, why=why)
    return Check(name=CANARY, address=address, within=0, make=lambda: outcome)


def _send(address: str, keys: Keys, run: str, limits: Limits) -> None:
    # A visitor an hour: one that never leaves would be a visit without end.
    hour = time.strftime("%Y%m%d%H", time.gmtime())
    event = {"name": "pageview", "id": run, "visitor_id": f"canary-{hour}", "url": f"{SITE}/{run}"}
    answer = _post("sending an event", address, keys.write_key, {"events": [event]}, limits)
    body = _expect("sending an event", answer, HTTPStatus.ACCEPTED)
    if body.get("accepted") != 1:
        raise WrongAnswer(f"sending an event: {excerpt(answer.body)}", answer.status)


def _seen(api_url: str, keys: Keys, run: str, limits: Limits) -> float:
    """How often the event is counted."""
    query = {
        "site_id": keys.site_id, "metrics": ["pageviews"], "date_range": "24h",
        "filters": [["is", "event:page", [f"/{run}"]]],
    }  # fmt: skip
    return _counted("asking for it", api_url, keys, query, limits)


def _counted(what: str, api_url: str, keys: Keys, query: dict[str, Any], limits: Limits) -> float:
    answer = _post(what, f"{api_url.rstrip('/')}/v1/query", keys.read_key, query, limits)
    body = _expect(what, answer, HTTPStatus.OK)
    try:
        results: Any = body["results"]
        return float(results[0]["metrics"][0]) if results else 0.0
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise WrongAnswer(f"{what}: no numbers came, but {excerpt(answer.body)}", answer.status) from error


def _post(what: str, url: str, key: Secret, body: dict[str, Any], limits: Limits) -> Answer:
    headers = {"authorization": f"Bearer {key.reveal()}", "content-type": "application/json"}
    try:
        return exchange(
            Request(url=url, method="POST", headers=headers, body=json.dumps(body).encode()), within=limits.timeout
        )
    except NoAnswer as error:
        raise NoAnswer(f"{what}: {error}", reached=error.reached) from error


def _expect(what: str, answer: Answer, status: int) -> dict[str, Any]:
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = None
    if answer.status == status and isinstance(body, dict):
        return body
    said = body.get("detail") if isinstance(body, dict) else None
    raise WrongAnswer(
        f"{what}: answered {answer.status}: {str(said)[:300] if said else excerpt(answer.body)}", answer.status
    )
