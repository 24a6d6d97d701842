"""The table of permissions, asked of the deployed API with every route and anybody's token."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

from local.api import Api
from local.people import Person
from shared.http.permissions import ANYONE, MEMBERS, PERMISSIONS, PERSON, operations_roles
from shared.identity.identity import ROLES

Route = tuple[str, str]

AT_ONCE: Final = 4
REFUSED: Final = {401, 403}
# Nothing has these names, and no route takes a list: whoever is let through changes nothing.
IDS: Final = {
    "site_id": "999999999",
    "key_id": str(UUID(int=1)),
    "organisation_id": str(UUID(int=1)),
    "subject": "nobody",
    "invitation_id": str(UUID(int=1)),
    "credential_id": "zzzzzzzzzzzz",
    "kpi_id": "no-kpi",
    "drill_id": "drill-20200101T000000Z",
    "decision_id": "latency-20200101T000000Z",
    "announcement_id": "20200101T000000Z-0123456789ab",
    "task_id": "no_task",
    "run_id": "no_task-20200101T000000Z",
    "entry_id": "maintenance-0123456789ab",
    "action_id": "1",
    "change_id": "CHG-20200101T000000Z-0a1b2c",
    "incident_id": "INC-20200101-000000-0a1b2c",
    "email": "nobody@people.example",
    "review_id": "PIR-20200101-000000-0a1b2c",
}
PREFLIGHT: Final = "OPTIONS"  # MiniStack answers these itself, AWS passes them on; functions/collect has a test of them
NOTHING: Final[list[Any]] = []
# Who is not of the organisation is refused these; of the others they see nothing that is its.
HELD: Final = [route for route in MEMBERS if "{" in route[1] or route == ("POST", "/v1/sites")]


def may(role: str | None, route: Route) -> bool:
    """What the table says of one who has this role; None is nobody."""
    allowed = PERMISSIONS[route]
    if ANYONE in allowed:
        return True
    return role is not None and (PERSON in allowed or role in operations_roles(route) or role in allowed & ROLES)


def may_see(person: Person, route: Route) -> bool:
    """What the table says of a person, in their own organisation if they have one."""
    return may(person.role, route) and (route not in HELD or person.role in MEMBERS[route])


def route_of(method: str, path: str) -> Route:
    """The row of the table that a request falls under."""
    exact = (method, path)
    return exact if exact in PERMISSIONS else next(route for route in PERMISSIONS if _fits(route, method, path))


def _fits(route: Route, method: str, path: str) -> bool:
    pattern = re.sub(r"{\w+}", "[^/]+", route[1])
    return route[0] == method and re.fullmatch(pattern, path) is not None


def refused(api: Api) -> set[Route]:
    """The routes of the table that the API does not let this caller through to."""
    # What is about an organisation hangs on that organisation, and is asked with a real one.
    asked = [route for route in PERMISSIONS if route not in HELD and route[0] != PREFLIGHT]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda route: _status(api, route), asked)
        return {route for route, status in zip(asked, answers, strict=True) if status in REFUSED}


def _status(api: Api, route: Route) -> int:
    method, path = route
    body = None if method == "GET" else NOTHING
    answer = api.raw(method, path.format(**IDS), json=body)
    assert answer.status_code < 500 or answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.status_code != 429, f"{method} {path}: too many requests to tell"
    assert not answer.is_success or method in {"GET", "HEAD"}, f"{method} {path} did something: {answer.text}"
    return answer.status_code


def members_refused(api: Api, site: dict[str, str]) -> set[Route]:
    """The same of the routes about an organisation, asked of a real one: some make a key or an invitation of it."""
    ids = IDS | {"organisation_id": site["organisation_id"], "site_id": site["site_id"]}
    bodies: dict[Route, Any] = {
        ("POST", "/v1/sites"): {"name": "Again", "domain": site["domain"], "organisation_id": site["organisation_id"]},
        ("POST", "/v1/sites/{site_id}/keys"): {"kind": "read"},
        ("POST", "/v1/sites/{site_id}/keys/{key_id}/rotation"): {},
        ("POST", "/v1/organisations/{organisation_id}/members"): {"subject": "somebody", "role": "viewer"},
        ("PUT", "/v1/organisations/{organisation_id}/members/{subject}"): {"role": "viewer"},
        ("PUT", "/v1/sites/{site_id}/exclusions"): {"pages": ["/draft/**"]},
        ("POST", "/v1/organisations/{organisation_id}/invitations"): {"role": "viewer", "label": "somebody"},
    }
    found = set()
    for method, path in HELD:
        body = {"json": bodies[method, path]} if (method, path) in bodies else {}
        answer = api.raw(method, path.format(**ids), **body)
        assert answer.status_code not in {422, 429, 500}, f"{method} {path}: {answer.text}"
        # A site of others is not there.
        if answer.status_code in REFUSED or f"no site {site['site_id']!r}" in answer.text:
            found.add((method, path))
    return found
