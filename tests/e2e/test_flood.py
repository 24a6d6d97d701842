"""A flood of events beyond what `collect` may take at once: whoever asks for numbers or operates is answered as always."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import psutil
import pytest

from infra.stages import LocalServers, local
from local.api import Api
from local.customers import SiteAccess, operations_token
from shared.runbook.load import the_runbook
from tests.e2e.events import count, pageviews, send
from tests.e2e.local_system import LocalSystem, until

EVENTS = 7
ROUNDS = 5
RESERVED = local(LocalServers()).sizes.concurrency.collect
SENDERS = 2 * RESERVED
SATURATED_WITHIN = 120
KPIS = set(the_runbook().kpis.by_id())


class Flood:
    """Senders of events, twice as many as `collect` may serve at once.

    Its environments are stopped while they serve, so that their number is the limit and not this machine's cores: whoever gets
    in stays in, the others are turned away and try again when they are told to.
    """

    def __init__(self, system: LocalSystem, site: SiteAccess) -> None:
        self._system = system
        self._site = site
        self._ends = threading.Event()
        self._turn = threading.Condition()
        self._turns = 0
        self.answers: Counter[str] = Counter()

    @contextmanager
    def pouring(self) -> Iterator[None]:
        threads = [threading.Thread(target=one) for one in (self._hold, *(self._send for _ in range(SENDERS)))]
        for one in threads:
            one.start()
        try:
            yield
        finally:
            self._ends.set()
            self._press()
            threads[0].join()
            self._resume()
            for one in threads[1:]:
                one.join()

    def is_throttled(self) -> bool:
        """Whether a sender who tries now is turned away."""
        with self._turn:
            before = self.answers["throttled"]
            self._press()
            return self._turn.wait_for(lambda: self.answers["throttled"] > before, timeout=1)

    def _press(self) -> None:
        with self._turn:
            self._turns += 1
            self._turn.notify_all()

    def _send(self) -> None:
        api = Api(self._system.url, self._site.write_key)
        turn = 0
        while not self._ends.is_set():
            said = _said(api.raw("POST", "/v1/events", json=pageviews(self._site, 1)))
            with self._turn:
                self.answers[said] += 1
                self._turn.notify_all()
                self._turn.wait_for(lambda: self._turns > turn)  # noqa: B023 -- asked at once
                turn = self._turns

    def _hold(self) -> None:
        while not self._ends.wait(0.05):
            for environment in self._system.environments("collect"):
                with suppress(psutil.Error):
                    environment.suspend()

    def _resume(self) -> None:
        for environment in self._system.environments("collect"):
            with suppress(psutil.Error):
                environment.resume()


def _said(answer: Any) -> str:
    """A limit of ours is a problem document with status 429; the gateway's own answer is none."""
    is_ours = answer.headers.get("content-type", "").startswith("application/problem+json")
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS and not is_ours:
        return "throttled"
    return str(answer.status_code)


def evaluate_kpis(system: LocalSystem) -> None:
    event = {"task": "kpi_evaluation", "scheduled_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    answer = system.aws("lambda").invoke(FunctionName="p09-local-kpi-evaluation", Payload=json.dumps(event))
    assert "FunctionError" not in answer


@pytest.fixture
def counted(fresh_site: SiteAccess, writer: Api, reader: Api) -> SiteAccess:
    """A site whose events are stored before the flood comes."""
    send(writer, pageviews(fresh_site, EVENTS))
    until(lambda: count(reader, fresh_site) == EVENTS, "the events counted", 60)
    return fresh_site


def test_a_flood_of_events_refuses_nobody_who_asks_for_numbers_or_operates(
    system: LocalSystem, counted: SiteAccess, reader: Api, writer: Api, site: SiteAccess
) -> None:
    sre = Api(system.url, operations_token(system.facts, "P09-SRE"))
    query = {"site_id": counted.site_id, "metrics": ["visitors", "pageviews"], "date_range": "all"}
    evaluate_kpis(system)
    flood = Flood(system, site)
    with flood.pouring():
        for _ in range(ROUNDS):
            until(flood.is_throttled, "collect throttled", SATURATED_WITHIN)
            numbers = reader.raw("POST", "/v1/query", json=query)
            assert numbers.status_code == HTTPStatus.OK, numbers.text
            assert numbers.json()["results"] == [{"metrics": [EVENTS, EVENTS], "dimensions": []}]
            kpis = sre.raw("GET", "/v1/kpis")
            assert kpis.status_code == HTTPStatus.OK, kpis.text
            assert {one["id"] for one in kpis.json()["kpis"]} == KPIS
    send(writer, pageviews(counted, 1))
    until(lambda: count(reader, counted) == EVENTS + 1, "what was sent after the flood counted", 60)
