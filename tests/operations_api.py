"""The API while PostgreSQL and Valkey are down: only the operations table answers."""

from collections.abc import Mapping
from typing import Any

from fastapi.testclient import TestClient

from functions.api.services import Services
from functions.api.settings import Settings
from shared.identity.identity import PIPELINE, SRE, Person, Pipeline
from shared.platform.valkey import ValkeyUnavailable


class KnownPeople:
    """A token is a name, or `ada as lovelace`: what a person is called is no id. Who has no role named here is an SRE;
    `pipeline` is the delivery pipeline."""

    def __init__(self, roles: Mapping[str, str] | None = None) -> None:
        self._roles = roles or {}

    def verify(self, token: str) -> Person | Pipeline:
        if token == PIPELINE:
            return Pipeline()
        person, _, name = token.partition(" as ")
        return Person(f"id-of-{person}", frozenset({self._roles.get(person, SRE)}), name or person)


class ServersDown(Services):
    """``answering`` are the services that do answer, by their names."""

    tokens: Any = KnownPeople()

    def __init__(self, **answering: Any) -> None:
        super().__init__(Settings(**dict.fromkeys(Settings.__dataclass_fields__, "")))
        self.__dict__.update(answering)

    @property
    def valkey(self) -> Any:
        raise ValkeyUnavailable("down")

    database: Any = valkey
    telemetry_valkey: Any = valkey


class Caller:
    """Asks as a person, and expects a status."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def __call__(self, method: str, path: str, status: int = 200, *, by: str = "ada", **options: Any) -> Any:
        answer = self.raw(method, path, by=by, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    def raw(self, method: str, path: str, *, by: str = "ada", **options: Any) -> Any:
        return self._client.request(method, path, headers={"authorization": f"Bearer {by}"}, **options)

    def get(self, path: str, status: int = 200, **parameters: Any) -> Any:
        return self("GET", path, status, params=parameters)

    def post(self, path: str, body: Any, status: int = 200, *, by: str = "ada") -> Any:
        return self("POST", path, status, by=by, json=body)
