from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.stages import AWS_STAGES, Concurrency, LocalServers, Sizes, local

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stage_whose_functions_could_use_up_the_connections_is_refused() -> None:
    with pytest.raises(ValueError, match="may open 92 connections, max_connections is 60"):
        Sizes(
            concurrency=Concurrency(api=17),
            max_connections=60,
            api_requests_per_second=100,
            log_days=7,
        )


def test_names_say_stage_and_thing() -> None:
    stage = local(LocalServers())
    assert stage.physical_name("ingest_worker") == "p09-local-ingest-worker"
    assert [stage.name for stage in AWS_STAGES] == ["dev", "staging", "prod"]


def test_addresses_of_local_servers_come_from_a_file(tmp_path: Path) -> None:
    content = {
        "postgres": {"host": "127.0.0.1", "port": 1, "database": "d", "secret_name": "a"},
        "valkey": {"host": "127.0.0.1", "port": 2, "secret_name": "b"},
        "origin": "http://127.0.0.1:4",
        "aws_endpoint": "http://127.0.0.1:3",
        "slack_url": "http://127.0.0.1:5",
    }
    (tmp_path / "stage.json").write_text(json.dumps(content))
    servers = LocalServers.read(tmp_path / "stage.json")
    assert (servers.postgres.port, servers.valkey.port, servers.postgres_database) == (1, 2, "d")
    assert (servers.postgres.secret_name, servers.valkey.secret_name) == ("a", "b")
    assert (servers.aws_endpoint, servers.origin) == ("http://127.0.0.1:3", "http://127.0.0.1:4")
