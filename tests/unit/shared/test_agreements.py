"""Subjects do not import each other: what two of them have to agree on is compared here, or stands in one of them."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from uuid import UUID

from functions.api.routes.people import Role
from shared.audit import chain
from shared.backups.drill import SIGNING_ROLE
from shared.identity.identity import DBA, ROLES
from shared.incidents import signals

SHARED = Path(chain.__file__).parents[1]


def test_each_partition_of_the_operations_table_belongs_to_one_subject() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for file in SHARED.rglob("*.py"):
        for partition in partitions(ast.parse(file.read_text())):
            owners[partition].add(file.relative_to(SHARED).parts[0])
    assert {"incidents#customer-impacting", "outbox", "probe", "kpi", "change"} <= set(owners), "the search finds them"
    assert {name: subjects for name, subjects in owners.items() if len(subjects) > 1} == {}


def test_backups_are_signed_off_by_the_role_that_identity_knows() -> None:
    assert SIGNING_ROLE == DBA


def test_incidents_and_the_audit_trail_mean_the_same_organisation_by_operations() -> None:
    assert UUID(signals.OPERATIONS) == chain.OPERATIONS


def partitions(module: ast.Module) -> Iterator[str]:
    """Constants that a module reads or writes items under."""
    constants = {
        target.id: statement.value.value
        for statement in module.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Constant)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    for place in _places(module):
        value = place.value if isinstance(place, ast.Constant) else constants.get(getattr(place, "id", ""))
        if isinstance(value, str):
            yield value


def _places(module: ast.Module) -> Iterator[ast.expr]:
    """Where a partition is named: `{"pk": …}`, `table.get(…, …)`, `table.query(…)`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Dict):
            yield from (
                value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and key.value == "pk"
            )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            table = ast.unparse(node.func.value)
            if node.func.attr in {"get", "query"} and table.endswith("table"):
                yield node.args[0]


def test_staff_are_invited_to_the_roles_that_identity_knows() -> None:
    assert set(get_args(Role)) == ROLES
