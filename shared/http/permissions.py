"""Who may call what, and which function serves it: one row per route, and no route without a row.

From this table come the gateway's routes, what each function serves, the description of the API, what the console offers and
docs/roles.md. A test walks it with every kind of caller.
"""

from typing import Final, Literal, NamedTuple

from shared.identity.identity import AUDITOR, DBA, DEVELOPER, LEAD, PIPELINE, ROLES, SRE, MemberRole

ANYONE: Final = "anyone"
WRITE_KEY: Final = "write key"
READ_KEY: Final = "read key"
PERSON: Final = "person"  # anybody who signed in; row-level security narrows it to their organisations

Function = Literal["collect", "query", "api"]
COLLECT: Final = "collect"
QUERY: Final = "query"
API: Final = "api"  # what the gateway sends elsewhere by no route of its own, unknown paths among it


class Row(NamedTuple):
    """A path belongs to one function, with all of its methods."""

    function: Function
    callers: frozenset[str]


_OPERATIONS: Final = frozenset({DEVELOPER, SRE, DBA, LEAD, AUDITOR})
_PLANNERS: Final = frozenset({DEVELOPER, SRE, LEAD})
_DELIVERERS: Final = _PLANNERS | {PIPELINE}
_APPROVERS: Final = frozenset({SRE, LEAD})
_RESPONDERS: Final = _OPERATIONS - {AUDITOR}  # who looks at the records does not write them

ROUTES: Final[dict[tuple[str, str], Row]] = {
    ("GET", "/health"): Row(API, frozenset({ANYONE})),
    ("HEAD", "/health"): Row(API, frozenset({ANYONE})),
    ("GET", "/health/db"): Row(API, frozenset({ANYONE})),
    ("HEAD", "/health/db"): Row(API, frozenset({ANYONE})),
    ("GET", "/health/redis"): Row(API, frozenset({ANYONE})),
    ("HEAD", "/health/redis"): Row(API, frozenset({ANYONE})),
    ("GET", "/metrics"): Row(API, frozenset({ANYONE})),
    ("HEAD", "/metrics"): Row(API, frozenset({ANYONE})),
    ("GET", "/openapi.json"): Row(API, frozenset({ANYONE})),
    ("POST", "/v1/events"): Row(COLLECT, frozenset({WRITE_KEY})),
    ("POST", "/api/event"): Row(COLLECT, frozenset({ANYONE})),
    ("OPTIONS", "/api/event"): Row(COLLECT, frozenset({ANYONE})),
    ("POST", "/v1/query"): Row(QUERY, frozenset({READ_KEY, PERSON})),
    ("GET", "/v1/sites"): Row(API, frozenset({READ_KEY, PERSON})),
    ("POST", "/v1/sites"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/sites/{site_id}/live"): Row(QUERY, frozenset({READ_KEY, PERSON})),
    ("GET", "/v1/sites/{site_id}/exclusions"): Row(API, frozenset({PERSON})),
    ("PUT", "/v1/sites/{site_id}/exclusions"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/sites/{site_id}/keys"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/sites/{site_id}/keys"): Row(API, frozenset({PERSON})),
    ("DELETE", "/v1/sites/{site_id}/keys/{key_id}"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/sites/{site_id}/keys/{key_id}/rotation"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/organisations"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/organisations"): Row(API, frozenset({DEVELOPER, SRE, LEAD})),
    ("GET", "/v1/organisations/{organisation_id}/members"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/organisations/{organisation_id}/members"): Row(API, frozenset({PERSON})),
    ("PUT", "/v1/organisations/{organisation_id}/members/{subject}"): Row(API, frozenset({PERSON})),
    ("DELETE", "/v1/organisations/{organisation_id}/members/{subject}"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/organisations/{organisation_id}/invitations"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/organisations/{organisation_id}/invitations"): Row(API, frozenset({PERSON})),
    ("DELETE", "/v1/organisations/{organisation_id}/invitations/{invitation_id}"): Row(API, frozenset({PERSON})),
    ("POST", "/v1/invitations/acceptance"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/audit"): Row(API, frozenset({AUDITOR, LEAD, SRE})),
    ("GET", "/v1/audit/verification"): Row(API, frozenset({AUDITOR, LEAD, SRE})),
    ("GET", "/v1/organisations/{organisation_id}/audit"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/organisations/{organisation_id}/audit/verification"): Row(API, frozenset({PERSON})),
    ("GET", "/v1/people"): Row(API, frozenset({LEAD, SRE, AUDITOR})),
    ("POST", "/v1/people"): Row(API, frozenset({LEAD})),
    ("POST", "/v1/people/{email}/disable"): Row(API, frozenset({LEAD, SRE})),
    ("POST", "/v1/people/{email}/enable"): Row(API, frozenset({LEAD})),
    ("GET", "/v1/access/roles"): Row(API, _OPERATIONS),
    ("GET", "/v1/access/secrets"): Row(API, frozenset({DBA, SRE, LEAD, AUDITOR})),
    # The route itself lets only the DBA role have one without breaking the glass.
    ("POST", "/v1/access/database-credentials"): Row(API, frozenset({DBA, SRE})),
    ("GET", "/v1/access/database-credentials"): Row(API, frozenset({DBA, SRE, LEAD, AUDITOR})),
    ("DELETE", "/v1/access/database-credentials/{credential_id}"): Row(API, frozenset({DBA, SRE, LEAD})),
    ("POST", "/v1/access/database-credentials/{credential_id}/approval"): Row(API, frozenset({DBA, LEAD})),
    ("GET", "/v1/dead-letters"): Row(API, _OPERATIONS),
    ("POST", "/v1/dead-letters/replay"): Row(API, frozenset({SRE})),
    ("GET", "/v1/kpis"): Row(API, _OPERATIONS),
    ("GET", "/v1/kpis/{kpi_id}/burndown"): Row(API, _OPERATIONS),
    ("GET", "/v1/kpis/{kpi_id}/decisions"): Row(API, _OPERATIONS),
    ("GET", "/v1/kpis/{kpi_id}/what-if"): Row(API, _OPERATIONS),
    ("GET", "/v1/decisions/{decision_id}/replay"): Row(API, _OPERATIONS),
    ("GET", "/v1/announcements"): Row(API, _OPERATIONS),
    ("POST", "/v1/announcements"): Row(API, frozenset({DEVELOPER, SRE, LEAD})),
    ("POST", "/v1/announcements/replay"): Row(API, frozenset({SRE})),
    ("GET", "/v1/announcements/{announcement_id}"): Row(API, _OPERATIONS),
    ("GET", "/v1/runbook"): Row(API, _OPERATIONS),
    ("GET", "/v1/runbook/tasks/{task_id}/runs"): Row(API, _OPERATIONS),
    ("GET", "/v1/runbook/tasks/{task_id}/runs/{run_id}"): Row(API, _OPERATIONS),
    ("POST", "/v1/runbook/tasks/{task_id}/runs"): Row(API, frozenset({DEVELOPER, SRE, DBA, LEAD})),
    ("GET", "/v1/calendar"): Row(API, _OPERATIONS),
    ("POST", "/v1/calendar"): Row(API, _PLANNERS),
    ("GET", "/v1/calendar/{entry_id}"): Row(API, _OPERATIONS),
    ("PATCH", "/v1/calendar/{entry_id}"): Row(API, _PLANNERS),
    ("POST", "/v1/calendar/{entry_id}/second"): Row(API, _APPROVERS),
    ("POST", "/v1/calendar/{entry_id}/cancel"): Row(API, _PLANNERS),
    ("GET", "/v1/changes"): Row(API, _OPERATIONS | {PIPELINE}),
    ("POST", "/v1/changes"): Row(API, _DELIVERERS),
    ("GET", "/v1/delivery"): Row(API, _OPERATIONS),
    ("GET", "/v1/changes/{change_id}"): Row(API, _OPERATIONS | {PIPELINE}),
    ("POST", "/v1/changes/{change_id}/artefact"): Row(API, _DELIVERERS),
    ("POST", "/v1/changes/{change_id}/steps"): Row(API, frozenset({PIPELINE})),  # a person's word proves nothing
    ("POST", "/v1/changes/{change_id}/approve"): Row(API, _APPROVERS),
    ("POST", "/v1/changes/{change_id}/reject"): Row(API, _APPROVERS),
    ("POST", "/v1/changes/{change_id}/override"): Row(API, _APPROVERS),
    ("POST", "/v1/changes/{change_id}/override/second"): Row(API, _APPROVERS),
    ("POST", "/v1/changes/{change_id}/promote"): Row(API, _DELIVERERS),
    ("POST", "/v1/changes/{change_id}/roll-back"): Row(API, _DELIVERERS),
    ("GET", "/v1/incidents"): Row(API, _OPERATIONS),
    ("POST", "/v1/incidents"): Row(API, _RESPONDERS),
    ("GET", "/v1/incidents/{incident_id}"): Row(API, _OPERATIONS),
    ("POST", "/v1/incidents/{incident_id}/acknowledge"): Row(API, _RESPONDERS),
    ("POST", "/v1/incidents/{incident_id}/updates"): Row(API, _RESPONDERS),
    ("POST", "/v1/incidents/{incident_id}/merge"): Row(API, _RESPONDERS),
    ("POST", "/v1/incidents/{incident_id}/resolve"): Row(API, _RESPONDERS),
    ("POST", "/v1/incidents/{incident_id}/reopen"): Row(API, _RESPONDERS),
    ("GET", "/v1/reviews"): Row(API, _OPERATIONS),
    ("GET", "/v1/reviews/{review_id}"): Row(API, _OPERATIONS),
    ("PATCH", "/v1/reviews/{review_id}"): Row(API, _RESPONDERS),
    ("POST", "/v1/reviews/{review_id}/actions"): Row(API, _RESPONDERS),
    ("PATCH", "/v1/reviews/{review_id}/actions/{action_id}"): Row(API, _RESPONDERS),
    ("POST", "/v1/reviews/{review_id}/close"): Row(API, _RESPONDERS),
    ("GET", "/v1/backups"): Row(API, _OPERATIONS),
    ("GET", "/v1/drills"): Row(API, _OPERATIONS),
    ("GET", "/v1/drills/marks"): Row(API, _OPERATIONS),
    ("GET", "/v1/drills/plan"): Row(API, _OPERATIONS),
    ("GET", "/v1/drills/{drill_id}"): Row(API, _OPERATIONS),
    ("GET", "/v1/drills/{drill_id}/preview"): Row(API, _OPERATIONS),
    ("POST", "/v1/drills"): Row(API, frozenset({SRE, DBA})),
    # Who may decide is said, and who was refused is kept, by the routes themselves.
    ("POST", "/v1/drills/{drill_id}/sign-off"): Row(API, _OPERATIONS),
    ("POST", "/v1/drills/{drill_id}/promote"): Row(API, _OPERATIONS),
    ("POST", "/v1/drills/{drill_id}/preview"): Row(API, frozenset({SRE, DBA})),
    ("POST", "/v1/drills/{drill_id}/staging"): Row(API, frozenset({SRE, DBA})),
    ("POST", "/v1/drills/{drill_id}/abort"): Row(API, frozenset({SRE, DBA})),
}

PERMISSIONS: Final[dict[tuple[str, str], frozenset[str]]] = {route: row.callers for route, row in ROUTES.items()}


# The routes themselves let only these decide: they keep who else tried.
DECIDERS: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("POST", "/v1/drills/{drill_id}/sign-off"): frozenset({DBA}),
    ("POST", "/v1/drills/{drill_id}/promote"): frozenset({DBA}),
}

ORGANISATION_ROLES: Final[tuple[MemberRole, ...]] = ("owner", "editor", "viewer")
_OWNERS: Final[tuple[MemberRole, ...]] = ("owner",)
_EDITORS: Final[tuple[MemberRole, ...]] = ("owner", "editor")

MEMBERS: Final[dict[tuple[str, str], tuple[MemberRole, ...]]] = {
    ("POST", "/v1/sites"): _EDITORS,
    ("POST", "/v1/query"): ORGANISATION_ROLES,
    ("GET", "/v1/sites"): ORGANISATION_ROLES,
    ("GET", "/v1/sites/{site_id}/live"): ORGANISATION_ROLES,
    ("GET", "/v1/sites/{site_id}/exclusions"): ORGANISATION_ROLES,
    ("PUT", "/v1/sites/{site_id}/exclusions"): _EDITORS,
    ("GET", "/v1/sites/{site_id}/keys"): ORGANISATION_ROLES,
    ("POST", "/v1/sites/{site_id}/keys"): _EDITORS,
    ("DELETE", "/v1/sites/{site_id}/keys/{key_id}"): _EDITORS,
    ("POST", "/v1/sites/{site_id}/keys/{key_id}/rotation"): _EDITORS,
    ("GET", "/v1/organisations"): ORGANISATION_ROLES,
    ("GET", "/v1/organisations/{organisation_id}/members"): ORGANISATION_ROLES,
    ("POST", "/v1/organisations/{organisation_id}/members"): _OWNERS,
    ("PUT", "/v1/organisations/{organisation_id}/members/{subject}"): _OWNERS,
    # Everybody may leave; the route says so.
    ("DELETE", "/v1/organisations/{organisation_id}/members/{subject}"): _OWNERS,
    ("GET", "/v1/organisations/{organisation_id}/invitations"): _OWNERS,
    ("POST", "/v1/organisations/{organisation_id}/invitations"): _OWNERS,
    ("DELETE", "/v1/organisations/{organisation_id}/invitations/{invitation_id}"): _OWNERS,
    ("GET", "/v1/organisations/{organisation_id}/audit"): _OWNERS,
    ("GET", "/v1/organisations/{organisation_id}/audit/verification"): _OWNERS,
}
"""What a person's role in the organisation lets them do there, by route."""


def routes_of(function: Function) -> frozenset[tuple[str, str]]:
    """The routes that a function serves."""
    return frozenset(route for route, row in ROUTES.items() if row.function == function)


def operations_roles(route: tuple[str, str]) -> frozenset[str]:
    """The operations roles that a route is for, the pipeline among them; empty where it is for others."""
    return DECIDERS.get(route, PERMISSIONS[route]) & (ROLES | {PIPELINE})
