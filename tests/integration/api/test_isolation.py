"""Three organisations do whatever the API lets them, in any order; none ever sees a row of another."""

from collections import defaultdict
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.integration.api.conftest import Api
from tests.integration.api.test_api import pageview

PEOPLE = ["ada", "bob", "cy", "dee", "eve", "fay"]
ROLES = ["owner", "editor", "viewer"]
STEPS = 50
_numbers = count()

people = st.sampled_from(PEOPLE)
pick = st.integers(0, 1000)


class Tenants(RuleBasedStateMachine):
    """The model: who belongs where as what, whose a site and a key is, how many events each site has."""

    api: Api

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, dict[str, str]] = {}  # organisation → person → role
        self.sites: dict[str, str] = {}  # site → organisation
        self.keys: dict[str, tuple[str, str, str]] = {}  # key's text → site, kind, id
        self.ended: set[str] = set()
        self.invitations: dict[str, tuple[str, str]] = {}
        self.events: dict[str, int] = defaultdict(int)

    def ask(self, method: str, path: str, person: str, **arguments: Any) -> Any:
        answer = self.api.as_person(method, path, subject=f"{person}-{self.run}", **arguments)
        assert answer.status_code < 500, answer.text
        return answer

    @initialize()
    def organisations(self) -> None:
        self.run = next(_numbers)
        for person in PEOPLE[:3]:
            made = self.ask("POST", "/v1/organisations", person, json={"name": person}).json()["organisation_id"]
            self.roles[made] = {person: "owner"}

    def may(self, organisation: str, person: str, *roles: str) -> bool:
        return self.roles[organisation].get(person) in roles

    def organisation(self, number: int) -> str:
        return list(self.roles)[number % len(self.roles)]

    def site(self, number: int) -> str | None:
        return list(self.sites)[number % len(self.sites)] if self.sites else None

    @rule(person=people, number=pick)
    def make_a_site(self, person: str, number: int) -> None:
        organisation = self.organisation(number)
        body = {"name": "s", "domain": f"d{next(_numbers)}.example", "organisation_id": organisation}
        answer = self.ask("POST", "/v1/sites", person, json=body)
        assert (answer.status_code == 201) == self.may(organisation, person, "owner", "editor")
        if answer.status_code == 201:
            self.sites[answer.json()["site_id"]] = organisation

    @rule(person=people, number=pick, kind=st.sampled_from(["ingest", "read"]))
    def make_a_key(self, person: str, number: int, kind: str) -> None:
        if (site := self.site(number)) is None:
            return
        answer = self.ask("POST", f"/v1/sites/{site}/keys", person, json={"kind": kind})
        assert (answer.status_code == 201) == self.may(self.sites[site], person, "owner", "editor")
        if answer.status_code == 201:
            self.keys[answer.json()["key"]] = (site, kind, answer.json()["key_id"])

    @rule(person=people, number=pick, other=pick, revoke=st.booleans())
    def end_a_key(self, person: str, number: int, other: int, revoke: bool) -> None:  # noqa: FBT001 -- hypothesis passes it by name
        """Also by the address of another site."""
        if not self.keys:
            return
        text = list(self.keys)[number % len(self.keys)]
        site, kind, key_id = self.keys[text]
        asked = self.site(other) or site
        if revoke:
            answer = self.ask("DELETE", f"/v1/sites/{asked}/keys/{key_id}", person)
        else:
            answer = self.ask("POST", f"/v1/sites/{asked}/keys/{key_id}/rotation", person, json={"overlap_seconds": 0})
        done = asked == site and self.may(self.sites[site], person, "owner", "editor")
        assert answer.is_success == (done and (revoke or text not in self.ended)), answer.text
        if answer.is_success:
            self.ended.add(text)
            self.api.forget_keys()  # what an environment remembers for a minute
            if not revoke:
                self.keys[answer.json()["key"]] = (site, kind, answer.json()["key_id"])

    @rule(person=people, number=pick, role=st.sampled_from(ROLES))
    def invite(self, person: str, number: int, role: str) -> None:
        organisation = self.organisation(number)
        path = f"/v1/organisations/{organisation}/invitations"
        answer = self.ask("POST", path, person, json={"role": role, "label": "x"})
        assert answer.is_success == self.may(organisation, person, "owner")
        if answer.is_success:
            self.invitations[answer.json()["token"]] = (organisation, role)

    @rule(person=people, number=pick)
    def accept(self, person: str, number: int) -> None:
        if not self.invitations:
            return
        token = list(self.invitations)[number % len(self.invitations)]
        answer = self.ask("POST", "/v1/invitations/acceptance", person, json={"token": token})
        assert answer.is_success
        organisation, role = self.invitations.pop(token)
        self.roles[organisation].setdefault(person, role)

    @rule(person=people, other=people, number=pick, role=st.sampled_from([*ROLES, "none"]))
    def change_a_member(self, person: str, other: str, number: int, role: str) -> None:
        organisation = self.organisation(number)
        path = f"/v1/organisations/{organisation}/members/{other}-{self.run}"
        known = self.roles[organisation]
        owners = {name for name, has in known.items() if has == "owner"}
        stuck = owners == {other} and role != "owner"
        by_right = self.may(organisation, person, "owner") or (role == "none" and person == other and person in known)
        method, body = ("DELETE", None) if role == "none" else ("PUT", {"role": role})
        answer = self.ask(method, path, person, json=body)
        assert answer.is_success == (by_right and other in known and not stuck), answer.text
        if answer.is_success:
            known.pop(other) if role == "none" else known.update({other: role})

    @rule(number=pick)
    def send(self, number: int) -> None:
        if not self.keys:
            return
        text = list(self.keys)[number % len(self.keys)]
        site, kind, _ = self.keys[text]
        answer = self.api.send(pageview(), key=text)
        assert answer.is_success == (kind == "ingest" and text not in self.ended)
        self.events[site] += answer.is_success

    @rule(number=pick, other=pick)
    def ask_for_numbers(self, number: int, other: int) -> None:
        if not self.keys:
            return
        text = list(self.keys)[number % len(self.keys)]
        site, kind, _ = self.keys[text]
        asked = self.site(other) or site
        self.api.drain()
        answer = self.api.query(text, site_id=asked, metrics=["events"])
        assert answer.is_success == (kind == "read" and text not in self.ended and asked == site)
        if answer.is_success:
            assert answer.json()["results"][0]["metrics"] == [self.events[site]]

    @rule(person=people)
    def look_at_everything(self, person: str) -> None:
        """Lists hold exactly what the model says, and single things of others are not to be seen."""
        mine = {organisation for organisation, roles in self.roles.items() if person in roles}
        sites = self.ask("GET", "/v1/sites", person, params={"limit": 1000}).json()["sites"]
        assert {site["site_id"] for site in sites} == {site for site, own in self.sites.items() if own in mine}
        seen = self.ask("GET", "/v1/organisations", person).json()["organisations"]
        assert {one["organisation_id"] for one in seen} == mine

    @rule(person=people, number=pick)
    def look_at_an_organisation(self, person: str, number: int) -> None:
        organisation = self.organisation(number)
        path = f"/v1/organisations/{organisation}"
        members = self.ask("GET", f"{path}/members", person)
        assert members.is_success == (person in self.roles[organisation])
        if members.is_success:
            found = {one["subject"]: one["role"] for one in members.json()["members"]}
            assert found == {f"{name}-{self.run}": role for name, role in self.roles[organisation].items()}
        trail = self.ask("GET", f"{path}/audit", person)
        assert trail.is_success == self.may(organisation, person, "owner")
        if trail.is_success:
            assert {row["organisation_id"] for row in trail.json()["rows"]} == {organisation}

    @rule(person=people, number=pick)
    def look_at_a_site(self, person: str, number: int) -> None:
        if (site := self.site(number)) is None:
            return
        member = person in self.roles[self.sites[site]]
        keys = self.ask("GET", f"/v1/sites/{site}/keys", person)
        assert keys.is_success == member
        if member:
            assert {key["key_id"] for key in keys.json()["keys"]} == {
                key_id for own, _, key_id in self.keys.values() if own == site
            }
        live = self.ask("GET", f"/v1/sites/{site}/live", person)
        assert live.is_success == member

    @invariant()
    def every_organisation_has_an_owner(self) -> None:
        assert all("owner" in roles.values() for roles in self.roles.values())


def test_no_organisation_sees_a_row_of_another(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several hundred steps; with `--hypothesis-profile campaign` more than 10,000."""
    monkeypatch.setattr(Tenants, "api", api, raising=False)
    long = settings.default.max_examples > 1000  # type: ignore[union-attr]  # there is always a default
    run_state_machine_as_test(
        Tenants, settings=settings(max_examples=600 if long else 25, stateful_step_count=STEPS, deadline=None)
    )
