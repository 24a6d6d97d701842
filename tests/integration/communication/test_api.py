from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from functions.api.app import create_app
from shared.communication.announce import announce
from shared.communication.view import AnnouncementList, AnnouncementView
from tests.integration.communication.conftest import Notifier, crashing
from tests.integration.communication.events import incident
from tests.operations_api import Caller, ServersDown
from tests.views import is_described

DEPLOYMENT = {"kind": "planned_deployment", "title": "Version 12", "summary": "Faster queries.", "impact": "None."}


@pytest.fixture
def api(notifier: Notifier) -> Iterator[Caller]:
    with TestClient(create_app(ServersDown(operations=notifier.table))) as client:
        yield Caller(client)


def test_before_anything_was_announced_the_list_is_empty_and_names_the_channels(api: Caller) -> None:
    found = api.get("/v1/announcements")
    assert (found["announcements"], found["next_cursor"], found["waiting"], found["dead"]) == ([], None, 0, 0)
    assert [one["name"] for one in found["channels"] if one["via"] == "slack"] == [
        "#release-updates", "#incidents", "#access",
    ]  # fmt: skip
    assert api.get("/v1/announcements", state="dead")["announcements"] == []
    api.get("/v1/announcements/20261124T120000Z-0123456789ab", 404)


def test_what_a_person_announces_goes_out_with_its_impact(api: Caller, notifier: Notifier) -> None:
    made = api.post("/v1/announcements", DEPLOYMENT, 201)
    assert made["by"] == "ada"
    assert {one["state"] for one in made["deliveries"]} == {"queued"}
    assert [event.detail_type for event in notifier.drain_outbox()] == ["MessageQueued"]
    (message,) = notifier.slack.of("#release-updates")
    assert message.text.splitlines()[0] == "Planned deployment: Version 12"
    assert "Impact: None." in message.text
    states = {one["name"]: one["state"] for one in api.get(f"/v1/announcements/{made['id']}")["deliveries"]}
    assert states == {"#release-updates": "sent", "subscribers by e-mail": "unconfigured", "signed webhook": "sent"}


def test_a_message_whose_event_is_never_delivered_goes_out_by_the_sweep(api: Caller, notifier: Notifier) -> None:
    api.post("/v1/announcements", DEPLOYMENT, 201)
    notifier.sweep()
    assert len(notifier.slack.of("#release-updates")) == 1
    notifier.drain_outbox()
    assert len(notifier.slack.of("#release-updates")) == 1


@pytest.mark.parametrize("after", [False, True])
def test_an_announcement_and_its_event_are_written_together_or_not_at_all(
    api: Caller, notifier: Notifier, *, after: bool
) -> None:
    notifier.aws.operations.clear()
    notifier.aws.crash_at, notifier.aws.after = 0, after
    said: dict[str, Any] = {
        **DEPLOYMENT,
        "channels": ["release_updates"],
        "thread": None,
        "by": "ada",
        "now": notifier.now,
    }
    assert crashing(lambda: announce(notifier.store, **said))
    notifier.aws.crash_at = None
    assert len(api.get("/v1/announcements")["announcements"]) == after
    assert len(notifier.drain_outbox()) == len(notifier.slack.keys()) == after


def test_an_announcement_may_answer_in_the_thread_of_an_incident(api: Caller, notifier: Notifier) -> None:
    notifier.deliver(incident(1, 1, "opened"))
    api.post("/v1/announcements", {**DEPLOYMENT, "channels": ["incidents"], "thread": "incident:INC-1"}, 201)
    notifier.drain_outbox()
    first, second = notifier.slack.of("#incidents")
    assert second.thread_ts == first.ts


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"channels": ["release_updates", "general"]}, "#/channels/1"), ({"channels": []}, "#/channels"),
        ({"title": "two\nlines"}, "#/title"), ({"summary": " "}, "#/summary"), ({"kind": "incident_opened"}, "#/kind"),
        ({"thread": "elsewhere"}, "#/thread"), ({"colour": "red"}, "#/colour"),
    ],
)  # fmt: skip
def test_what_cannot_be_announced_is_refused_with_the_field(api: Caller, change: dict[str, Any], pointer: str) -> None:
    problem = api.post("/v1/announcements", DEPLOYMENT | change, 422)
    assert problem["errors"][0]["pointer"] == pointer


def test_announcements_are_paged_newest_first(api: Caller, notifier: Notifier) -> None:
    for number in range(1, 6):
        notifier.deliver(incident(number, 1, "opened"))
    first = api.get("/v1/announcements", limit=3)
    second = api.get("/v1/announcements", limit=3, cursor=first["next_cursor"])
    found = [*first["announcements"], *second["announcements"]]
    assert [one["event"] for one in found] == [f"INC-{number}-1" for number in (5, 4, 3, 2, 1)]
    assert all(len(one["deliveries"]) == 3 for one in found)
    assert second["next_cursor"] is None
    assert is_described(first, AnnouncementList)
    one = api.get(f"/v1/announcements/{found[0]['id']}")
    assert is_described(one, AnnouncementView)
    assert one == found[0]


def test_dead_letters_are_found_and_replayed_with_the_same_key(api: Caller, notifier: Notifier) -> None:
    notifier.slack.faults += [(413, {})]
    notifier.deliver(incident(1, 1, "opened"))
    notifier.deliver(incident(2, 1, "opened"))
    found = api.get("/v1/announcements", state="dead")
    assert found["dead"] == len(found["announcements"]) == 1
    (dead,) = [one for one in found["announcements"][0]["deliveries"] if one["state"] == "dead"]
    assert dead["error"] == "413: no JSON"
    other = dead["id"].replace(".incidents", ".webhook")
    assert api.post("/v1/announcements/replay", {"ids": [dead["id"], other]}, 200) == {
        "replayed": [dead["id"]], "skipped": [other],
    }  # fmt: skip
    assert [event.detail_type for event in notifier.drain_outbox()] == ["MessageQueued"]
    assert notifier.slack.of("#incidents")[-1].dedup_key == dead["dedup_key"]
    assert api.get("/v1/announcements")["dead"] == 0
    assert api.post("/v1/announcements/replay", {"ids": [dead["id"]]}, 200)["replayed"] == []
