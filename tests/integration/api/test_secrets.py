from datetime import UTC, datetime, timedelta

import pytest

from shared.platform.aws.secrets import History
from shared.platform.aws.signed import AwsRefused
from tests.integration.api.conftest import Api

PATH = "/v1/access/secrets"


class Histories:
    """Secrets Manager's answers: the rest was never made."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.ages = {"p09--valkey": now - timedelta(days=3), "p09--slack": now - timedelta(days=400)}

    def history(self, secret_id: str) -> list[History]:
        if secret_id not in self.ages:
            raise AwsRefused("not there", "ResourceNotFoundException")
        return [("1", ("AWSCURRENT",), self.ages[secret_id])]


@pytest.fixture
def office(api: Api) -> Api:
    api.services.__dict__["secrets"] = Histories()
    return api


def test_every_secret_is_listed_with_its_age_or_why_it_has_none(office: Api) -> None:
    answer = office.as_person("GET", PATH, groups=["P09-Auditor"])
    found = {one["name"]: one for one in answer.json()["secrets"]}
    valkey, slack = found["valkey"], found["slack"]
    assert (valkey["rotates"], valkey["age_days"], valkey["wrong"]) == ("by schedule", 3, "")
    due = datetime.fromisoformat(valkey["due_at"]) - datetime.fromisoformat(valkey["since"])
    assert due == timedelta(days=90)
    assert (slack["rotates"], slack["wrong"]) == ("never", "is 400 days old")
    assert found["postgres-api"]["wrong"] == "it is not there: deploying creates it"
    assert (found["site-keys"]["since"], found["site-keys"]["wrong"]) == (None, "")
    assert all(one["why"] for one in found.values() if one["rotates"] != "by schedule")
