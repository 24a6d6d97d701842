"""Each secret is rotated by the function's own role, while a customer's requests go on: none of them fails."""

import json
from threading import Event, Thread
from typing import Self

import pytest

from local.api import Api
from local.aws import aws_client
from local.customers import SiteAccess, operations_token
from tests.e2e.events import pageviews
from tests.e2e.local_system import LocalSystem, until

ROTATED = (
    "postgres-api", "postgres-collect", "postgres-query", "postgres-worker", "postgres-backup", "valkey", "canary", "webhooks",
)  # fmt: skip


class Customer:
    """Sends an event and asks for numbers, again and again."""

    def __init__(self, url: str, site: SiteAccess) -> None:
        self.done = 0
        self.failures: list[str] = []
        self._stop = Event()
        self._writer, self._reader = Api(url, site.write_key), Api(url, site.read_key)
        self._site = site
        self._query = {"site_id": site.site_id, "metrics": ["visitors"], "date_range": "day"}
        self._thread = Thread(target=self._go_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._stop.is_set():
            try:
                assert self._writer.post("/v1/events", pageviews(self._site, 1))["accepted"] == 1
                self._reader.post("/v1/query", self._query)
            except Exception as error:  # noqa: BLE001 -- any failure of a request is what this looks for
                self.failures.append(f"{type(error).__name__}: {error}")
            self.done += 1


@pytest.mark.parametrize("name", ROTATED)
def test_no_request_fails_while_a_secret_is_rotated(system: LocalSystem, fresh_site: SiteAccess, name: str) -> None:
    before = versions(system, name)
    with Customer(system.url, fresh_site) as customer:
        until(lambda: customer.done > 2, "requests before")
        made = rotate(system, name)
        seen = customer.done
        until(lambda: customer.done > seen + 5, "requests afterwards")
    assert customer.failures == []
    assert versions(system, name)["AWSCURRENT"] == made
    assert versions(system, name)["AWSPREVIOUS"] == before["AWSCURRENT"]


def test_secrets_are_listed_with_their_age_and_never_their_value(system: LocalSystem) -> None:
    rows = Api(system.url, operations_token(system.facts, "P09-SRE")).get("/v1/access/secrets")["secrets"]
    ages = {row["name"]: row for row in rows}
    for name in ROTATED:
        assert (ages[name]["age_days"], ages[name]["wrong"]) == (0, ""), name
    value = aws_client("secretsmanager", str(system.facts["aws_endpoint"])).get_secret_value(
        SecretId="p09-local-valkey"
    )
    assert json.loads(value["SecretString"])["password"] not in json.dumps(rows)


def rotate(system: LocalSystem, name: str) -> str:
    client = aws_client("lambda", str(system.facts["aws_endpoint"]))
    answer = client.invoke(FunctionName="p09-local-secret-rotation", Payload=json.dumps({"rotate": name}).encode())
    content = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, content
    return str(content["version"])


def versions(system: LocalSystem, name: str) -> dict[str, str]:
    client = aws_client("secretsmanager", str(system.facts["aws_endpoint"]))
    found = client.describe_secret(SecretId=f"p09-local-{name}")["VersionIdsToStages"]
    return {stage: version for version, stages in found.items() for stage in stages}
