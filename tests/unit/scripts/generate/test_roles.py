from scripts.generate.roles import roles_page
from shared.http.permissions import MEMBERS, PERMISSIONS, PERSON, Row
from shared.identity.identity import ROLES


def test_the_page_has_a_row_for_each_route_and_a_column_for_whoever_the_table_names() -> None:
    table = {
        ("GET", "/a"): Row("api", frozenset({"P09-SRE", "pipeline"})),
        ("POST", "/b"): Row("collect", frozenset({"anyone"})),
    }
    page = roles_page(table, {("POST", "/b"): ("owner",)})
    assert "| Route | Function | pipeline | anyone | P09-SRE |" in page
    assert "| `GET /a` | `api` | ● |  | ● |" in page
    assert "| `POST /b` | `collect` |  | ● |  |" in page
    assert "| `POST /b` | ● |  |  |" in page.partition("## Roles in an organisation")[2]


def test_every_route_and_every_role_of_ours_is_on_the_page() -> None:
    page = roles_page()
    assert page.count("| `") == 2 * len(PERMISSIONS) + len(MEMBERS)  # routes and functions, then routes again
    assert all(role in page for role in ROLES)


def test_roles_in_an_organisation_are_of_routes_that_people_may_call() -> None:
    assert {route for route in MEMBERS if PERSON not in PERMISSIONS[route]} == set()
    of_organisations = {route for route, allowed in PERMISSIONS.items() if PERSON in allowed}
    assert of_organisations - set(MEMBERS) == {("POST", "/v1/invitations/acceptance")}
