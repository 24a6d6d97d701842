from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.stages import AWS_STAGES, MAX_RESERVED, Concurrency, LocalServers, Sizes, local
from tests.infra.assembly import ROOT, STAGES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.infra.assembly import Assembly


def test_a_stage_whose_functions_could_use_up_the_connections_is_refused() -> None:
    with pytest.raises(ValueError, match="may open 102 connections, max_connections is 60"):
        Sizes(
            concurrency=Concurrency(collect=9, query=4, api=4),
            max_connections=60,
            api_requests_per_second=100,
            log_days=7,
        )


def test_a_stage_that_reserves_more_than_an_account_has_is_refused() -> None:
    others = Concurrency(collect=0, query=60, api=60).reserved
    with pytest.raises(ValueError, match="reserve 901 executions at once, an account has 900"):
        Sizes(
            concurrency=Concurrency(collect=MAX_RESERVED + 1 - others, query=60, api=60),
            max_connections=5000,
            api_requests_per_second=100,
            log_days=7,
        )


def test_the_stages_fit_into_one_account_together_and_the_note_says_what_they_need() -> None:
    reserved = sum(stage.sizes.concurrency.reserved for stage in AWS_STAGES)
    assert reserved <= MAX_RESERVED
    assert f"reserve {reserved} in all" in (ROOT / "docs" / "aws.md").read_text()


def test_production_takes_events_asks_and_operates_side_by_side() -> None:
    prod = AWS_STAGES[-1].sizes.concurrency
    assert (prod.collect, prod.query, prod.api) == (200, 60, 60)


@pytest.mark.parametrize("stage", STAGES)
def test_the_sizes_are_what_the_functions_reserve(assembly: Assembly, stage: str) -> None:
    """Counted from the templates: what they reserve in all, and the connections of those that speak to PostgreSQL."""
    functions = [function.properties for _, function in assembly.of_type(stage, "AWS::Lambda::Function")]
    sizes = next(one.sizes for one in (local(LocalServers()), *AWS_STAGES) if one.name == stage)
    assert sum(one["ReservedConcurrentExecutions"] for one in functions) == sizes.concurrency.reserved
    of_postgres = [one for one in functions if "POSTGRES_HOST" in one["Environment"]["Variables"]]
    connections = 2 * sum(one["ReservedConcurrentExecutions"] for one in of_postgres)
    assert connections + sizes.spare_connections <= sizes.max_connections


def test_names_say_stage_and_thing() -> None:
    stage = local(LocalServers())
    assert stage.physical_name("ingest_worker") == "p09-local-ingest-worker"
    assert [stage.name for stage in AWS_STAGES] == ["dev", "staging", "prod"]


def test_addresses_of_local_servers_come_from_a_file(tmp_path: Path) -> None:
    content = {
        "postgres": {"host": "127.0.0.1", "port": 1, "database": "d", "secret_name": "a"},
        "valkey": {"host": "127.0.0.1", "port": 2, "secret_name": "b"},
        "tls_ca": "/tls/authority.pem",
        "origin": "http://127.0.0.1:4",
        "aws_endpoint": "http://127.0.0.1:3",
        "slack_url": "http://127.0.0.1:5",
        "github_url": "http://127.0.0.1:5/github",
    }
    (tmp_path / "stage.json").write_text(json.dumps(content))
    servers = LocalServers.read(tmp_path / "stage.json")
    assert (servers.postgres.port, servers.valkey.port, servers.postgres_database) == (1, 2, "d")
    assert (servers.postgres.secret_name, servers.valkey.secret_name) == ("a", "b")
    assert (servers.aws_endpoint, servers.origin) == ("http://127.0.0.1:3", "http://127.0.0.1:4")
    assert servers.tls_ca == "/tls/authority.pem"
