import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm

from shared.identity.identity import IdentityUnavailable, InvalidToken
from shared.identity.signing_keys import KeptKeys, KeysUnavailable, SigningKeys, fetch_document
from shared.identity.tokens import TokenVerifier
from shared.platform.aws.signed import AwsUnavailable
from tests.unit.shared.identity.forgeries import CLIENT, ISSUER, PIPELINE_CLIENT, Pool
from tests.unit.shared.incidents.world import MemoryTable

URL = "https://cognito-idp.eu-west-1.amazonaws.com/pool/.well-known/jwks.json"
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


class Clock:
    """The wall's and the process' own."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return NOW + self.passed

    def seconds(self) -> float:
        return 1000 + self.passed.total_seconds()


class Broken(MemoryTable):
    def get(self, pk: str, sk: str) -> Any:
        raise AwsUnavailable(f"{pk} {sk}: timed out")


def document(pool: Pool, *names: str) -> str:
    return json.dumps({"keys": [jwt_of(pool, name) for name in names]})


def jwt_of(pool: Pool, name: str) -> dict[str, Any]:
    found: dict[str, Any] = RSAAlgorithm.to_jwk(pool.private.public_key(), as_dict=True)
    return {**found, "kid": name, "use": "sig", "alg": "RS256"}


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def verifier(kept: KeptKeys, clock: Clock) -> TokenVerifier:
    return TokenVerifier(
        issuer=ISSUER, client_ids=[CLIENT], pipeline_client_id=PIPELINE_CLIENT, keys=SigningKeys(kept.fetch, clock.seconds)
    )  # fmt: skip


def test_tokens_are_checked_by_the_keys_that_were_brought_to_the_table(pool: Pool, clock: Clock) -> None:
    kept = KeptKeys(MemoryTable(), clock.now)  # type: ignore[arg-type]  # does what the table does
    people = verifier(kept, clock)
    with pytest.raises(IdentityUnavailable):
        people.verify(pool.token({"kid": "key-1"}))
    kept.keep(document(pool, "key-1"))
    clock.passed = timedelta(seconds=30)
    assert people.verify(pool.token({"kid": "key-1"}))
    with pytest.raises(InvalidToken, match="no key 'key-2'"):
        people.verify(pool.token({"kid": "key-2"}))


def test_a_rotated_key_is_good_half_a_minute_after_it_was_brought_and_the_old_one_an_hour_at_most(
    pool: Pool, clock: Clock
) -> None:
    kept = KeptKeys(MemoryTable(), clock.now)  # type: ignore[arg-type]  # does what the table does
    kept.keep(document(pool, "key-1"))
    people = verifier(kept, clock)
    assert people.verify(pool.token({"kid": "key-1"}))
    kept.keep(document(pool, "key-2"))
    assert people.verify(pool.token({"kid": "key-1"}))
    clock.passed = timedelta(seconds=30)
    assert people.verify(pool.token({"kid": "key-2"}))
    kept.keep(document(pool, "key-3"))
    clock.passed += timedelta(hours=1)
    with pytest.raises(InvalidToken, match="no key 'key-2'"):
        people.verify(pool.token({"kid": "key-2"}))


def test_keys_that_nobody_has_brought_for_a_day_are_no_keys(pool: Pool, clock: Clock) -> None:
    kept = KeptKeys(MemoryTable(), clock.now)  # type: ignore[arg-type]  # does what the table does
    kept.keep(document(pool, "key-1"))
    clock.passed = timedelta(days=1)
    assert kept.fetch()
    clock.passed += timedelta(seconds=1)
    with pytest.raises(KeysUnavailable, match="brought last at 2026-11-25"):
        kept.fetch()


def test_a_table_that_does_not_answer_is_no_reason_to_forget_what_is_known(pool: Pool, clock: Clock) -> None:
    table = MemoryTable()
    KeptKeys(table, clock.now).keep(document(pool, "key-1"))  # type: ignore[arg-type]  # does what the table does
    tables = [table]
    people = TokenVerifier(
        issuer=ISSUER, client_ids=[CLIENT], pipeline_client_id=PIPELINE_CLIENT,
        keys=SigningKeys(lambda: KeptKeys(tables[-1], clock.now).fetch(), clock.seconds),  # type: ignore[arg-type]  # does what the table does
    )  # fmt: skip
    people.verify(pool.token({"kid": "key-1"}))
    tables.append(Broken())
    clock.passed = timedelta(hours=2)
    assert people.verify(pool.token({"kid": "key-1"}))
    clock.passed = timedelta(hours=25)
    with pytest.raises(IdentityUnavailable):
        people.verify(pool.token({"kid": "key-1"}))


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"keys": []},
        {"keys": [{"kty": "oct", "kid": "1", "k": "AAAA"}]},
        {"message": "PrivateLink access is disabled"},
    ],
    ids=["a list", "nothing", "no keys", "a shared secret", "a refusal"],
)
def test_what_holds_no_key_for_signatures_replaces_none(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    with monkeypatch.context() as patch:
        _answers(patch, lambda: answer)
        with pytest.raises(jwt.PyJWTError):
            fetch_document(URL)


def test_a_pool_s_document_is_brought_as_it_is(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    published = json.loads(document(pool, "key-1", "key-2"))
    _answers(monkeypatch, lambda: published)
    assert json.loads(fetch_document(URL)) == published


def _answers(patch: pytest.MonkeyPatch, answer: Callable[[], Any]) -> None:
    patch.setattr(jwt.PyJWKClient, "fetch_data", lambda _: answer())
