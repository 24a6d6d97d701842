"""The checks over real HTTP: each way in which a system breaks is seen, told from the others, and said."""

import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from local.state import free_port
from shared.health.canary import Keys, Limits, canary_check, not_made, read_keys
from shared.health.checks import http_checks, make_all
from shared.health.exchange import MOST_BYTES, NoAnswer, Request, exchange
from shared.health.model import Outcome, Result, judge, reached_anything
from tests.integration.tasks.service import KEYS, PAGE, Reply, Service, problem, served

PATHS = ["/health", "/health/db", "/health/redis"]
LIMITS = Limits(timeout=30, within=30)  # a busy machine is slow
SHORT = Limits(timeout=0.5, within=0.5)  # for what does not come, however long one waits
LATE = {"it answers too late", "it trickles", "events vanish", "no row comes", "queries are slow"}


@pytest.fixture
def service() -> Iterator[Service]:
    with served() as found:
        yield found


def canary_keys() -> Keys:
    keys = read_keys(json.dumps(KEYS))
    assert keys is not None
    return keys


def look(url: str, limits: Limits = LIMITS) -> dict[str, Outcome]:
    checks = [*http_checks(url, url, PATHS, limits.timeout), canary_check(url, canary_keys(), "run-1", limits)]
    return {one.check: one for one in make_all(checks)}


def test_a_service_that_is_well_passes_every_check(service: Service) -> None:
    found = look(service.url)
    assert {one.result for one in found.values()} == {Result.PASSED}, found
    assert all(one.reached and one.status == 200 for one in found.values())
    assert found["canary"].why.startswith("an event was sent and seen in a query within")


Broken = tuple[str, Callable[[Service], None], str, str]
BROKEN: list[Broken] = [
    ("a dependency is down", lambda s: s.put("/health/db", problem(503, "refused")), "/health/db", "answered 503: refused"),
    ("it answers too late", lambda s: s.put("/health/db", Reply(hold=True)), "/health/db", "no complete answer within 0.5 s"),
    ("it trickles", lambda s: s.put("/health", Reply(trickle=True)), "/health", "no complete answer within 0.5 s"),
    ("it says something else", lambda s: s.put("/health", Reply(body={"status": "degraded"})), "/health", "'degraded'"),
    ("it is another page", lambda s: s.put("/health", Reply(body=PAGE, kind="text/html")), "/health", "something else than"),
    ("it is a list", lambda s: s.put("/health", Reply(body=["ok"])), "/health", "something else than health"),
    ("it redirects", lambda s: s.put("/health", Reply(302, "", headers={"location": "/login"})), "/health",
     "answered 302, a redirection to /login"),
    ("it hangs up", lambda s: s.put("/health", Reply(drop=True)), "/health", "closed without an answer"),
    ("it hangs up half way", lambda s: s.put("/health", Reply(body="x", cut=True)), "/health", "in the middle of the answer"),
    ("the console is gone", lambda s: s.put("/", Reply(404, "<Error/>", "text/xml")), "console", "answered 404"),
    ("the console is another page", lambda s: s.put("/", Reply(body="<html>nginx", kind="text/html")), "console",
     "another page than the console's"),
    ("the console has no script", lambda s: s.put("/", Reply(body='<div id="root">', kind="text/html")), "console",
     "loads no script"),
    ("the script is gone", lambda s: s.put("/assets/index-1.js", Reply(body=PAGE, kind="text/html")), "console",
     "its script /assets/index-1.js answered 200 text/html"),
    ("events are refused", lambda s: s.put("/v1/events", problem(503, "Valkey is down")), "canary",
     "sending an event: answered 503: Valkey is down"),
    ("events are rejected", lambda s: s.put("/v1/events", Reply(202, {"accepted": 0, "rejected": [1]})), "canary",
     "sending an event: "),
    ("no key opens", lambda s: s.put("/v1/events", problem(401, "unknown key")), "canary", "answered 401: unknown key"),
    ("events vanish", lambda s: s.put("/v1/query", Reply(body={"results": [{"metrics": [0]}]})), "canary",
     "is not seen in a query within 0.5 s"),
    ("no row comes", lambda s: s.put("/v1/query", Reply(body={"results": []})), "canary", "is not seen in a query"),
    ("events are doubled", lambda s: s.put("/v1/query", Reply(body={"results": [{"metrics": [2]}]})), "canary",
     "counted 2 times"),
    ("queries fail", lambda s: s.put("/v1/query", problem(503, "PostgreSQL is down")), "canary",
     "asking for it: answered 503: PostgreSQL is down"),
    ("queries are slow", lambda s: s.put("/v1/query", Reply(hold=True)), "canary", "asking for it: no complete answer"),
    ("queries answer nonsense", lambda s: s.put("/v1/query", Reply(body={"results": [{}]})), "canary", "no numbers came"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "break_it", "check", "why"), BROKEN, ids=[one[0] for one in BROKEN])
def test_what_is_broken_fails_and_says_so(
    service: Service, name: str, break_it: Callable[[Service], None], check: str, why: str
) -> None:
    break_it(service)
    found = look(service.url, SHORT if name in LATE else LIMITS)
    assert found[check].result is Result.FAILED
    assert why in found[check].why
    assert found[check].reached
    assert judge(found.values()) is Result.FAILED


def test_an_event_that_is_stored_a_little_later_is_waited_for(service: Service) -> None:
    service.stored_after = 2
    assert look(service.url)["canary"].result is Result.PASSED
    assert service.asked["/v1/query"] == 3


def test_the_same_run_sends_the_same_event(service: Service) -> None:
    assert look(service.url)["canary"].result is look(service.url)["canary"].result is Result.PASSED
    assert len(service.events) == 1


def test_a_port_that_nobody_listens_on_is_a_service_that_is_down() -> None:
    found = look(f"http://127.0.0.1:{free_port()}")
    assert {one.result for one in found.values()} == {Result.FAILED}
    assert all("was refused" in one.why for one in found.values())
    assert reached_anything(found.values())


def test_a_name_that_does_not_resolve_reached_nothing() -> None:
    found = look("http://nothing.invalid")
    assert {one.result for one in found.values()} == {Result.FAILED}
    assert not reached_anything(found.values())


def test_a_server_that_does_not_speak_http_is_told_from_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        port = server.getsockname()[1]

        def babble() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"+PONG\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(NoAnswer, match="is not HTTP") as caught:
            exchange(Request(url=f"http://127.0.0.1:{port}/"), within=5)
        thread.join()
    assert caught.value.reached


def test_plain_http_where_tls_is_asked_for_is_the_services_fault(service: Service) -> None:
    with pytest.raises(NoAnswer, match="TLS with") as caught:
        exchange(Request(url=service.url.replace("http:", "https:")), within=5)
    assert caught.value.reached


def test_an_endless_answer_is_read_so_far(service: Service) -> None:
    service.put("/", Reply(body="x" * (MOST_BYTES + 70000), kind="text/html"))
    assert MOST_BYTES <= len(exchange(Request(url=service.url), within=20).body) < MOST_BYTES + 70000


def test_a_canary_that_can_not_be_sent_is_not_called_passed() -> None:
    (outcome,) = make_all([not_made("http://x", Result.UNCONFIGURED, "no keys")])
    assert (outcome.result, outcome.reached) == (Result.UNCONFIGURED, False)


def test_keys_never_show() -> None:
    keys = canary_keys()
    assert "p09w" not in repr(keys)
    assert read_keys(keys.to_json()) == keys
    for text in (
        "",
        "[]",
        '{"site_id": "1"}',
        '{"site_id": "", "write_key": "a", "read_key": "b"}',
        '{"username": "x"}',
    ):
        assert read_keys(text) is None
