"""Who may call what: one row per route, and no route without a row. A test walks this table with every kind of caller.

The console offers what stands here: `make openapi` writes it down for it.
"""

from typing import Final

from shared.identity.identity import AUDITOR, DBA, DEVELOPER, LEAD, PIPELINE, ROLES, SRE, MemberRole

ANYONE: Final = "anyone"
WRITE_KEY: Final = "write key"
READ_KEY: Final = "read key"
PERSON: Final = "person"  # anybody who signed in; row-level security narrows it to their organisations

_OPERATIONS: Final = frozenset({DEVELOPER, SRE, DBA, LEAD, AUDITOR})
_PLANNERS: Final = frozenset({DEVELOPER, SRE, LEAD})
_DELIVERERS: Final = _PLANNERS | {PIPELINE}
_APPROVERS: Final = frozenset({SRE, LEAD})
_RESPONDERS: Final = _OPERATIONS - {AUDITOR}  # who looks at the records does not write them

PERMISSIONS: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("GET", "/health"): frozenset({ANYONE}),
    ("HEAD", "/health"): frozenset({ANYONE}),
    ("GET", "/health/db"): frozenset({ANYONE}),
    ("HEAD", "/health/db"): frozenset({ANYONE}),
    ("GET", "/health/redis"): frozenset({ANYONE}),
    ("HEAD", "/health/redis"): frozenset({ANYONE}),
    ("GET", "/metrics"): frozenset({ANYONE}),
    ("HEAD", "/metrics"): frozenset({ANYONE}),
    ("GET", "/openapi.json"): frozenset({ANYONE}),
    ("POST", "/v1/events"): frozenset({WRITE_KEY}),
    ("POST", "/api/event"): frozenset({ANYONE}),
    ("OPTIONS", "/api/event"): frozenset({ANYONE}),
    ("POST", "/v1/query"): frozenset({READ_KEY, PERSON}),
    ("GET", "/v1/sites"): frozenset({READ_KEY, PERSON}),
    ("POST", "/v1/sites"): frozenset({PERSON}),
    ("GET", "/v1/sites/{site_id}/live"): frozenset({READ_KEY, PERSON}),
    ("GET", "/v1/sites/{site_id}/keys"): frozenset({PERSON}),
    ("POST", "/v1/sites/{site_id}/keys"): frozenset({PERSON}),
    ("DELETE", "/v1/sites/{site_id}/keys/{key_id}"): frozenset({PERSON}),
    ("POST", "/v1/sites/{site_id}/keys/{key_id}/rotation"): frozenset({PERSON}),
    ("GET", "/v1/organisations"): frozenset({PERSON}),
    ("POST", "/v1/organisations"): frozenset({DEVELOPER, SRE, LEAD}),
    ("GET", "/v1/organisations/{organisation_id}/members"): frozenset({PERSON}),
    ("POST", "/v1/organisations/{organisation_id}/members"): frozenset({PERSON}),
    ("PUT", "/v1/organisations/{organisation_id}/members/{subject}"): frozenset({PERSON}),
    ("DELETE", "/v1/organisations/{organisation_id}/members/{subject}"): frozenset({PERSON}),
    ("GET", "/v1/organisations/{organisation_id}/invitations"): frozenset({PERSON}),
    ("POST", "/v1/organisations/{organisation_id}/invitations"): frozenset({PERSON}),
    ("DELETE", "/v1/organisations/{organisation_id}/invitations/{invitation_id}"): frozenset({PERSON}),
    ("POST", "/v1/invitations/acceptance"): frozenset({PERSON}),
    ("GET", "/v1/audit"): frozenset({AUDITOR, LEAD, SRE}),
    ("GET", "/v1/audit/verification"): frozenset({AUDITOR, LEAD, SRE}),
    ("GET", "/v1/organisations/{organisation_id}/audit"): frozenset({PERSON}),
    ("GET", "/v1/organisations/{organisation_id}/audit/verification"): frozenset({PERSON}),
    ("GET", "/v1/access/roles"): _OPERATIONS,
    ("GET", "/v1/access/secrets"): frozenset({DBA, SRE, LEAD, AUDITOR}),
    # The route itself lets only the DBA role have one without breaking the glass.
    ("POST", "/v1/access/database-credentials"): frozenset({DBA, SRE}),
    ("GET", "/v1/access/database-credentials"): frozenset({DBA, SRE, LEAD, AUDITOR}),
    ("DELETE", "/v1/access/database-credentials/{credential_id}"): frozenset({DBA, SRE, LEAD}),
    ("POST", "/v1/access/database-credentials/{credential_id}/approval"): frozenset({DBA, LEAD}),
    ("GET", "/v1/dead-letters"): _OPERATIONS,
    ("POST", "/v1/dead-letters/replay"): frozenset({SRE}),
    ("GET", "/v1/kpis"): _OPERATIONS,
    ("GET", "/v1/kpis/{kpi_id}/burndown"): _OPERATIONS,
    ("GET", "/v1/kpis/{kpi_id}/decisions"): _OPERATIONS,
    ("GET", "/v1/kpis/{kpi_id}/what-if"): _OPERATIONS,
    ("GET", "/v1/decisions/{decision_id}/replay"): _OPERATIONS,
    ("GET", "/v1/announcements"): _OPERATIONS,
    ("POST", "/v1/announcements"): frozenset({DEVELOPER, SRE, LEAD}),
    ("POST", "/v1/announcements/replay"): frozenset({SRE}),
    ("GET", "/v1/announcements/{announcement_id}"): _OPERATIONS,
    ("GET", "/v1/runbook"): _OPERATIONS,
    ("GET", "/v1/runbook/tasks/{task_id}/runs"): _OPERATIONS,
    ("GET", "/v1/runbook/tasks/{task_id}/runs/{run_id}"): _OPERATIONS,
    ("POST", "/v1/runbook/tasks/{task_id}/runs"): frozenset({DEVELOPER, SRE, DBA, LEAD}),
    ("GET", "/v1/calendar"): _OPERATIONS,
    ("POST", "/v1/calendar"): _PLANNERS,
    ("GET", "/v1/calendar/{entry_id}"): _OPERATIONS,
    ("PATCH", "/v1/calendar/{entry_id}"): _PLANNERS,
    ("POST", "/v1/calendar/{entry_id}/cancel"): _PLANNERS,
    ("GET", "/v1/changes"): _OPERATIONS | {PIPELINE},
    ("POST", "/v1/changes"): _DELIVERERS,
    ("GET", "/v1/delivery"): _OPERATIONS,
    ("GET", "/v1/changes/{change_id}"): _OPERATIONS | {PIPELINE},
    ("POST", "/v1/changes/{change_id}/artefact"): _DELIVERERS,
    ("POST", "/v1/changes/{change_id}/steps"): _DELIVERERS,
    ("POST", "/v1/changes/{change_id}/approve"): _APPROVERS,
    ("POST", "/v1/changes/{change_id}/reject"): _APPROVERS,
    ("POST", "/v1/changes/{change_id}/override"): _APPROVERS,
    ("POST", "/v1/changes/{change_id}/override/second"): _APPROVERS,
    ("POST", "/v1/changes/{change_id}/promote"): _DELIVERERS,
    ("POST", "/v1/changes/{change_id}/roll-back"): _DELIVERERS,
    ("GET", "/v1/incidents"): _OPERATIONS,
    ("POST", "/v1/incidents"): _RESPONDERS,
    ("GET", "/v1/incidents/{incident_id}"): _OPERATIONS,
    ("POST", "/v1/incidents/{incident_id}/acknowledge"): _RESPONDERS,
    ("POST", "/v1/incidents/{incident_id}/updates"): _RESPONDERS,
    ("POST", "/v1/incidents/{incident_id}/merge"): _RESPONDERS,
    ("POST", "/v1/incidents/{incident_id}/resolve"): _RESPONDERS,
    ("POST", "/v1/incidents/{incident_id}/reopen"): _RESPONDERS,
    ("GET", "/v1/reviews"): _OPERATIONS,
    ("GET", "/v1/reviews/{review_id}"): _OPERATIONS,
    ("PATCH", "/v1/reviews/{review_id}"): _RESPONDERS,
    ("POST", "/v1/reviews/{review_id}/actions"): _RESPONDERS,
    ("PATCH", "/v1/reviews/{review_id}/actions/{action_id}"): _RESPONDERS,
    ("POST", "/v1/reviews/{review_id}/close"): _RESPONDERS,
    ("GET", "/v1/backups"): _OPERATIONS,
    ("GET", "/v1/drills"): _OPERATIONS,
    ("GET", "/v1/drills/marks"): _OPERATIONS,
    ("GET", "/v1/drills/plan"): _OPERATIONS,
    ("GET", "/v1/drills/{drill_id}"): _OPERATIONS,
    ("POST", "/v1/drills"): frozenset({SRE, DBA}),
    # Who may decide is said, and who was refused is kept, by the routes themselves.
    ("POST", "/v1/drills/{drill_id}/sign-off"): _OPERATIONS,
    ("POST", "/v1/drills/{drill_id}/promote"): _OPERATIONS,
    ("POST", "/v1/drills/{drill_id}/abort"): frozenset({SRE, DBA}),
}

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


def operations_roles(route: tuple[str, str]) -> frozenset[str]:
    """The operations roles that a route is for, the pipeline among them; empty where it is for others."""
    return DECIDERS.get(route, PERMISSIONS[route]) & (ROLES | {PIPELINE})
