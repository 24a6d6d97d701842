"""Servers that die, and servers that are down."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import psutil
import pytest

from local.api import Api
from local.customers import SiteAccess, owner
from tests.e2e.events import count, pageviews, send, wait_for_count
from tests.e2e.local_system import ORGANISATION, LocalSystem, until
from tests.e2e.test_wrong_inputs import assert_problem

HEALTH_SECONDS = 15


def kill(system: LocalSystem, server: str) -> None:
    """`kill -9`, and wait until the supervisor has it running again."""
    pid = system.processes()[server]
    os.kill(pid, signal.SIGKILL)
    until(lambda: system.processes().get(server, pid) != pid, f"a new {server}")


@contextmanager
def held_down(system: LocalSystem, server: str) -> Iterator[None]:
    pid = system.processes()[server]
    system.state.held(server).touch()
    try:
        until(lambda: server not in system.processes(), f"{server} down")
        yield
    finally:
        system.state.held(server).unlink()
        until(lambda: system.processes().get(server, pid) != pid, f"{server} up again")


@contextmanager
def no_worker(system: LocalSystem) -> Iterator[None]:
    """While nothing drains, what was acknowledged exists in Valkey alone."""
    client = system.aws("lambda")
    name = "p09-local-ingest-worker"
    before = client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"]
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=before)


def test_acknowledged_events_survive_a_kill_of_valkey(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api
) -> None:
    with no_worker(system):
        send(writer, pageviews(fresh_site, 100))
        kill(system, "valkey")
    system.settle()
    wait_for_count(reader, fresh_site, 100)


def test_people_are_the_same_after_a_kill_of_ministack(system: LocalSystem) -> None:
    _, organisation = owner(system.facts, ORGANISATION)
    kill(system, "ministack")
    system.settle()
    assert owner(system.facts, ORGANISATION)[1] == organisation


@pytest.mark.parametrize("server", ["postgres", "front-door"])
def test_a_killed_server_comes_back_with_its_state(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api, server: str
) -> None:
    send(writer, pageviews(fresh_site, 3))
    wait_for_count(reader, fresh_site, 3)
    kill(system, server)
    system.settle()
    assert count(reader, fresh_site) == 3
    send(writer, pageviews(fresh_site, 2))
    system.settle()
    wait_for_count(reader, fresh_site, 5)


def test_while_postgresql_is_down_events_are_taken_and_everything_else_says_so(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api
) -> None:
    send(writer, pageviews(fresh_site, 1))
    wait_for_count(reader, fresh_site, 1)
    with held_down(system, "postgres"):
        assert_problem(Api(system.url).raw("GET", "/health/db"), 503)
        query = {"site_id": fresh_site.site_id, "metrics": ["visitors"], "date_range": "7d"}
        assert_problem(reader.raw("POST", "/v1/query", json=query), 503)
        assert Api(system.url).raw("GET", "/health").status_code == 200
        answer = writer.raw("POST", "/v1/events", json=pageviews(fresh_site, 1))
        # An environment that knows the key takes the events; one that can't look it up says so.
        assert answer.status_code in {202, 503}, answer.text
        accepted = answer.status_code == 202
    system.settle()
    wait_for_count(reader, fresh_site, 2 if accepted else 1)


def of_a_new_environment(ask: Callable[[], Any]) -> Any:
    """The local AWS learns that an environment was killed by the request that it doesn't answer: that one is a 502."""
    answers: list[Any] = []

    def is_answered() -> bool:
        answers.append(ask())
        return bool(answers[-1].status_code != HTTPStatus.BAD_GATEWAY)

    until(is_answered, "an answer of a new environment", 30)
    return answers[-1]


def test_functions_that_started_before_postgresql_find_it_once_it_is_up(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api
) -> None:
    query = {"site_id": fresh_site.site_id, "metrics": ["visitors"], "date_range": "7d"}
    with held_down(system, "postgres"):
        for function in ("collect", "query", "ingest-worker"):
            system.kill_environments(function)
        # The first requests that they are started for: nobody knows a key yet.
        for ask in (
            lambda: writer.raw("POST", "/v1/events", json=pageviews(fresh_site, 1)),
            lambda: reader.raw("POST", "/v1/query", json=query),
        ):
            assert of_a_new_environment(ask).status_code == 503
    system.settle()
    send(writer, pageviews(fresh_site, 1))
    wait_for_count(reader, fresh_site, 1)


def test_while_valkey_is_down_events_are_refused_and_queries_answered(
    system: LocalSystem, fresh_site: SiteAccess, writer: Api, reader: Api
) -> None:
    send(writer, pageviews(fresh_site, 1))
    wait_for_count(reader, fresh_site, 1)
    with held_down(system, "valkey"):
        assert_problem(Api(system.url).raw("GET", "/health/redis"), 503)
        assert_problem(writer.raw("POST", "/v1/events", json=pageviews(fresh_site, 1)), 503)
        assert count(reader, fresh_site) == 1
    system.settle()
    send(writer, pageviews(fresh_site, 1))
    wait_for_count(reader, fresh_site, 2)


def test_while_postgresql_hangs_the_health_checks_answer_in_time(system: LocalSystem) -> None:
    server = psutil.Process(system.processes()["postgres"])
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        process.suspend()
    try:
        begun = time.monotonic()
        assert_problem(Api(system.url).raw("GET", "/health/db"), 503)
        assert Api(system.url).raw("GET", "/health").status_code == 200
        assert time.monotonic() - begun < HEALTH_SECONDS
    finally:
        for process in processes:
            process.resume()
    system.settle()
