"""What each operations role may do: the table of permissions, for people to read."""

from fastapi import APIRouter
from typing_extensions import TypedDict

from shared.http.openapi import paths
from shared.http.permissions import PERMISSIONS, operations_roles
from shared.platform.views import view

router = APIRouter(tags=["access"])


class PermissionView(TypedDict):
    """A route and the roles that may call it; `pipeline` is the delivery pipeline."""

    method: str
    path: str
    summary: str
    roles: list[str]


@view
class PermissionList(TypedDict):
    permissions: list[PermissionView]


@router.get("/v1/access/roles", summary="What each operations role may do")
async def list_permissions() -> PermissionList:
    """The routes of operations; what a customer's person may do hangs on their role in the organisation."""
    described = paths()
    return {
        "permissions": [
            {
                "method": method,
                "path": path,
                "summary": described[path][method.lower()]["summary"],
                "roles": sorted(roles),
            }
            for method, path in PERMISSIONS
            if (roles := operations_roles((method, path)))
        ]
    }
