"""Which system the command line talks to, and as whom."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from local.api import Api
from local.customers import member_token, operations_token, owner
from local.people import DEMO_ORGANISATION, OPERATIONS_ROLES, ORGANISATION_ROLES
from local.state import LocalError, State, default_state
from scripts.p09.pipeline import local_secret, pipeline_token


@dataclass(frozen=True)
class Session:
    url: str | None
    token: str | None
    state: Path | None

    def here(self) -> State:
        return State(self.state) if self.state else default_state()

    def system(self) -> dict[str, Any]:
        """The running local system: its identity provider and its addresses."""
        found = self.here().system()
        if found is None:
            raise LocalError("no local system is running here. `make run` starts one; --url and --token name another.")
        return found

    def address(self) -> str:
        return self.url or str(self.system()["url"])

    def api(self, organisation: str | None = None) -> Api:
        """As the bearer of --token, else as an owner of the organisation on the local system."""
        return Api(self.address(), self.token) if self.token else self.customer(organisation)[0]

    def customer(self, organisation: str | None) -> tuple[Api, str]:
        """The API and the organisation's id, as its owner; an unknown organisation is made."""
        name = organisation or DEMO_ORGANISATION
        if not self.token:
            return owner(self.system(), name)
        api = Api(self.address(), self.token)
        mine = api.get("/v1/organisations")["organisations"]
        chosen = next((one for one in mine if organisation in (None, one["name"])), None)
        chosen = chosen or api.post("/v1/organisations", {"name": name})
        return api, str(chosen["organisation_id"])

    def operations(self, role: str) -> Api:
        return Api(self.address(), self.token or self.person_token(role, None))

    def pipeline(self) -> Api:
        """As the delivery pipeline: by --token, else by its client's secret on the local system."""
        return Api(self.address(), self.token or pipeline_token(local_secret(self.system())))

    def person_token(self, role: str | None, organisation: str | None) -> str:
        if organisation or role in ORGANISATION_ROLES:
            chosen = _role(role, ORGANISATION_ROLES)
            return member_token(self.system(), organisation or DEMO_ORGANISATION, chosen)
        chosen = _role(role, OPERATIONS_ROLES)
        return operations_token(self.system(), chosen)


def session(context: typer.Context) -> Session:
    found = context.find_object(Session)
    assert found is not None  # noqa: S101  # the root command has set it
    return found


def _role(role: str | None, known: tuple[str, ...]) -> str:
    chosen = role or known[0]
    if chosen not in known:
        raise typer.BadParameter(f"{chosen} is not one of {', '.join(known)}", param_hint="--role")
    return chosen
