from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.backups.drill import (
    SIGNING_ROLE,
    Drill,
    may_promote,
    may_sign,
)
from shared.identity.identity import DBA, ROLES
from shared.platform.actor import Actor
from shared.platform.refusals import NotAllowed, NotNow

if TYPE_CHECKING:
    from collections.abc import Callable

ADA = Actor(name="ada@example.com", subject="subject-of-ada")
GRACE = Actor(name="grace@example.com", subject="subject-of-grace")
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
WAITING = Drill(
    id="drill-1", kind="drill", status="waiting for sign-off", started_by=ADA.name, started_by_subject=ADA.subject,
    started_at=NOW, reason="weekly",
    expires_at=NOW + timedelta(hours=24),
)  # fmt: skip
SIGNED = replace(
    WAITING, kind="restore", status="waiting for promotion", signed_by=GRACE.name, signed_by_subject=GRACE.subject
)


def test_the_role_that_signs_is_a_role_of_people() -> None:
    assert SIGNING_ROLE == DBA
    assert SIGNING_ROLE in ROLES


def test_another_dba_signs() -> None:
    may_sign(WAITING, GRACE, {DBA}, NOW)


def test_who_started_it_does_not_sign_even_as_a_dba() -> None:
    with pytest.raises(NotAllowed, match="who started a drill"):
        may_sign(WAITING, ADA, {DBA}, NOW)


def test_who_started_it_does_not_sign_under_another_address() -> None:
    with pytest.raises(NotAllowed, match="who started a drill"):
        may_sign(WAITING, Actor(name="lovelace@example.com", subject=ADA.subject), {DBA}, NOW)


def test_somebody_who_shares_the_name_of_who_started_it_signs() -> None:
    may_sign(WAITING, Actor(name=ADA.name, subject=GRACE.subject), {DBA}, NOW)


@pytest.mark.parametrize("started_by", [ADA.subject, ADA.name, ""])
def test_of_an_older_record_what_it_names_decides(started_by: str) -> None:
    """Those had subjects where people are named now."""
    old = replace(WAITING, started_by=started_by, started_by_subject="")
    with pytest.raises(NotAllowed, match="who started a drill"):
        may_sign(old, ADA, {DBA}, NOW)


@pytest.mark.parametrize("started_by", [ADA.subject, ADA.name, "schedule"])
def test_an_older_record_of_somebody_else_is_signed(started_by: str) -> None:
    may_sign(replace(WAITING, started_by=started_by, started_by_subject=""), GRACE, {DBA}, NOW)


@pytest.mark.parametrize("role", sorted(ROLES - {DBA}))
def test_no_other_role_signs_or_promotes(role: str) -> None:
    acts: list[Callable[[], Any]] = [
        lambda: may_sign(WAITING, GRACE, {role}, NOW), lambda: may_promote(SIGNED, {role}, NOW),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(NotAllowed, match="takes the role P09-DBA"):
            act()


def test_after_its_time_nobody_signs() -> None:
    with pytest.raises(NotNow, match="has expired"):
        may_sign(WAITING, GRACE, {DBA}, NOW + timedelta(hours=24))


@pytest.mark.parametrize("status", ["running", "passed", "failed", "aborted", "expired"])
def test_what_does_not_wait_is_not_signed(status: Any) -> None:
    with pytest.raises(NotNow, match=f"is {status}|has expired"):
        may_sign(replace(WAITING, status=status, expires_at=None), GRACE, {DBA}, NOW)


def test_a_signed_restore_is_promoted_and_an_unsigned_one_or_a_drill_is_not() -> None:
    may_promote(SIGNED, {DBA}, NOW)
    with pytest.raises(NotAllowed, match="nobody has signed"):
        may_promote(replace(SIGNED, signed_by="", signed_by_subject=""), {DBA}, NOW)
    with pytest.raises(NotAllowed, match="nobody has signed"):
        may_promote(replace(SIGNED, signed_by_subject=ADA.subject), {DBA}, NOW)
    with pytest.raises(NotAllowed, match="a drill is never promoted"):
        may_promote(replace(SIGNED, kind="drill"), {DBA}, NOW)
