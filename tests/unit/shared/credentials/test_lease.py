import base64
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import pbkdf2_hmac, sha256

import pytest

from shared.credentials.compare import compare
from shared.credentials.lease import Lease, id_of, new_id, new_password
from shared.credentials.roles import Role
from shared.platform.scram import verifier

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEASE = Lease(
    id="abcdefghijkl", by="dee", subject="1", reason="slow query", access="read", issued_at=NOW - HOUR,
    expires_at=NOW + HOUR, state="active",
)  # fmt: skip
ROLE = Role(
    name=LEASE.role, can_login=True, is_super=False, may_create_roles=False, bypasses_row_security=False,
    valid_until=LEASE.expires_at, groups=frozenset({"p09_reader"}), sessions=1,
)  # fmt: skip
SERVICE = replace(ROLE, name="p09_api", valid_until=None, groups=frozenset())
ADMIN = replace(SERVICE, name="p09_admin", may_create_roles=True, groups=frozenset({LEASE.role, "p09_reader"}))
GROUP = replace(SERVICE, name="p09_reader", can_login=False)


def test_ids_follow_each_other_as_their_seconds_do() -> None:
    ids = [new_id(NOW + timedelta(seconds=n)) for n in range(100)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {12}
    assert len({new_id(NOW) for _ in range(50)}) > 40
    assert len({new_password() for _ in range(50)}) == 50


def test_the_name_of_a_role_says_its_lease() -> None:
    assert id_of(LEASE.role) == LEASE.id
    assert id_of("p09_api") is None


def test_a_lease_ends_when_its_time_is_over_or_its_issuer_has_died_or_somebody_wants_it() -> None:
    assert LEASE.ends_at() == LEASE.expires_at
    assert replace(LEASE, state="issuing").ends_at() == LEASE.issued_at + timedelta(minutes=2)
    assert replace(LEASE, state="ending").ends_at() <= NOW


def test_only_a_break_glass_needs_a_second_person_within_a_day() -> None:
    glass = replace(LEASE, break_glass=True)
    assert not LEASE.lacks_approval(NOW + 48 * HOUR)
    assert not glass.lacks_approval(NOW)
    last = glass.issued_at + 24 * HOUR
    assert not glass.lacks_approval(last - timedelta(microseconds=1))
    assert glass.lacks_approval(last)
    assert not replace(glass, approved_by="lee").lacks_approval(NOW + 24 * HOUR)


def test_a_new_password_is_thirty_two_letters_and_digits_and_never_the_same() -> None:
    made = {new_password().reveal() for _ in range(20)}
    assert len(made) == 20
    assert all(len(one) == 32 and one.isascii() and one.isalnum() for one in made)


def test_a_password_is_stored_as_postgresql_stores_it() -> None:
    """The server's check of RFC 5802, done by hand."""
    text = verifier("secret", salt=b"0123456789abcdef")
    head, keys = text.rsplit("$", 1)
    stored, server = (base64.b64decode(key) for key in keys.split(":"))
    salted = pbkdf2_hmac("sha256", b"secret", b"0123456789abcdef", 4096)
    assert head == "SCRAM-SHA-256$4096:MDEyMzQ1Njc4OWFiY2RlZg=="
    assert stored == sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    assert server == hmac.digest(salted, b"Server Key", "sha256")
    assert verifier("secret") != verifier("secret")


def test_what_is_as_it_should_be_is_no_difference() -> None:
    roles = [ROLE, SERVICE, replace(SERVICE, name="p09_worker_b", groups=frozenset({"p09_worker"})), ADMIN, GROUP]
    provider = replace(ROLE, name="rdsadmin", is_super=True)
    harmless = replace(SERVICE, name="somebody", can_login=False, sessions=0)
    assert compare([*roles, provider, harmless], [LEASE], NOW) == []


WRONG = [
    (replace(ROLE, name="eve"), "by hand"),
    (replace(SERVICE, name="eve", can_login=False, groups=frozenset({"p09_writer"}), sessions=0), "by hand"),
    (replace(ROLE, name="p09_temp_zzzzzzzzzzzz"), "without a lease"),
    (replace(ROLE, name="p09_temp_"), "without a lease"),
    (replace(ROLE, is_super=True), "superuser"),
    (replace(ROLE, may_create_roles=True), "making roles"),
    (replace(ROLE, bypasses_row_security=True), "row-level security"),
    (replace(ROLE, groups=frozenset({"p09_reader", "p09_writer"})), "member of p09_writer"),
    (replace(ROLE, groups=frozenset({"p09_admin"})), "member of p09_admin"),
    (replace(ROLE, valid_until=None), "longer"),
    (replace(ROLE, valid_until=LEASE.expires_at + HOUR), "longer"),
    (replace(SERVICE, is_super=True), "superuser"),
    (replace(SERVICE, bypasses_row_security=True), "row-level security"),
    (replace(SERVICE, groups=frozenset({"p09_writer"})), "member of p09_writer"),
    (replace(GROUP, can_login=True), "can log in"),
    (replace(ADMIN, is_super=True), "superuser"),
]


@pytest.mark.parametrize(("role", "why"), WRONG)
def test_what_is_not_as_it_should_be_is_found(role: Role, why: str) -> None:
    roles = [role] if role.name == ROLE.name else [role, ROLE]
    [found] = compare(roles, [LEASE], NOW)
    assert found.role == role.name
    assert why in found.why


def test_a_role_that_has_outlived_its_lease_is_found_and_may_be_ended() -> None:
    [found] = compare([ROLE], [LEASE], NOW + 2 * HOUR)
    assert ("outlived" in found.why, found.lease) == (True, LEASE.id)
    assert compare([ROLE], [LEASE], LEASE.expires_at + timedelta(minutes=1)) == []


def test_a_lease_without_its_role_is_found() -> None:
    [found] = compare([], [LEASE, replace(LEASE, id="bbbbbbbbbbbb", state="issuing")], NOW)
    assert (found.role, found.lease) == (LEASE.role, LEASE.id)
