from collections.abc import Iterable

import jwt
import pytest

from shared.identity.identity import IdentityUnavailable, InvalidToken, Person, Pipeline
from shared.identity.signing_keys import KeysUnavailable, SigningKeys
from shared.identity.tokens import TokenVerifier
from tests.unit.shared.identity.forgeries import (
    CLIENT,
    FORGERIES,
    ISSUER,
    KID,
    PIPELINE_CLIENT,
    REDIRECT_CLIENT,
    Pool,
    now,
)


class KeyServer:
    """Counts who asks; can be switched off."""

    def __init__(self, pool: Pool) -> None:
        self.keys = [pool.jwk()]
        self.asked = 0
        self.is_up = True

    def fetch(self) -> Iterable[jwt.PyJWK]:
        self.asked += 1
        if not self.is_up:
            raise KeysUnavailable("down")
        return self.keys


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def pool() -> Pool:
    return Pool()


@pytest.fixture
def server(pool: Pool) -> KeyServer:
    return KeyServer(pool)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(server: KeyServer, clock: Clock) -> TokenVerifier:
    keys = SigningKeys(server.fetch, clock)
    return TokenVerifier(
        issuer=ISSUER, client_ids=[CLIENT, REDIRECT_CLIENT], pipeline_client_id=PIPELINE_CLIENT, keys=keys
    )


def test_a_token_of_the_pool_stands_for_a_person(pool: Pool, verifier: TokenVerifier) -> None:
    person = verifier.verify(pool.token(groups=["P09-SRE", "somebody's own group"]))
    assert person == Person("1b6a", frozenset({"P09-SRE"}), "ada")


def test_who_came_by_redirect_is_a_person_as_well(pool: Pool, verifier: TokenVerifier) -> None:
    assert verifier.verify(pool.token(client_id=REDIRECT_CLIENT)) == Person("1b6a", frozenset({"P09-SRE"}), "ada")


def test_records_name_a_person_as_the_pool_vouches_for(pool: Pool, verifier: TokenVerifier) -> None:
    assert verifier.verify(pool.token(p09_name="ada@example.com")).username == "ada@example.com"


@pytest.mark.parametrize("name", ["", None, 7, ["ada@example.com"]])
def test_a_name_in_another_form_is_none(pool: Pool, verifier: TokenVerifier, name: object) -> None:
    assert verifier.verify(pool.token(p09_name=name)).username == "ada"


def test_the_pipelines_token_stands_for_the_pipeline_and_nobodys_roles(pool: Pool, verifier: TokenVerifier) -> None:
    found = verifier.verify(pool.machine())
    assert found == Pipeline()
    assert found.username == "pipeline"


def test_the_clocks_of_two_machines_may_differ_a_little(pool: Pool, verifier: TokenVerifier) -> None:
    assert verifier.verify(pool.token(iat=now() + 5, exp=now() + 100))
    assert verifier.verify(pool.token(iat=now() - 100, exp=now() - 5))


@pytest.mark.parametrize("groups", [..., None, "P09-SRE", {"P09-SRE": True}, [["P09-SRE"]], [7]])
def test_groups_in_another_form_give_no_role(pool: Pool, verifier: TokenVerifier, groups: object) -> None:
    found = verifier.verify(pool.token(groups=groups))
    assert isinstance(found, Person)
    assert found.roles == frozenset()


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forged_or_wrong_token_is_rejected(pool: Pool, verifier: TokenVerifier, kind: str) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(FORGERIES[kind](pool))


def test_there_are_more_than_forty_kinds_of_forgery() -> None:
    assert len(FORGERIES) >= 100


@pytest.mark.parametrize("more", [{"use": "enc"}, {"alg": "RS512"}, {"alg": "PS256"}])
def test_a_key_that_is_not_for_signatures_of_ours_signs_nothing(
    pool: Pool, verifier: TokenVerifier, server: KeyServer, more: dict[str, str]
) -> None:
    server.keys = [pool.jwk(**more)]
    with pytest.raises(InvalidToken):
        verifier.verify(pool.token())


def test_keys_are_fetched_once_an_hour(pool: Pool, verifier: TokenVerifier, server: KeyServer, clock: Clock) -> None:
    for _ in range(120):
        verifier.verify(pool.token())
        clock.now += 60
    assert server.asked == 2


def test_a_thousand_made_up_key_ids_cause_two_fetches_at_most(
    pool: Pool, verifier: TokenVerifier, server: KeyServer, clock: Clock
) -> None:
    verifier.verify(pool.token())
    clock.now += 100
    for number in range(1000):
        clock.now += 0.02
        with pytest.raises(InvalidToken, match="no key"):
            verifier.verify(pool.token({"kid": f"made-up-{number}"}))
    assert server.asked == 2
    verifier.verify(pool.token())


def test_a_new_key_is_found_within_half_a_minute(
    pool: Pool, verifier: TokenVerifier, server: KeyServer, clock: Clock
) -> None:
    verifier.verify(pool.token())
    server.keys.append(pool.jwk("key-2"))
    with pytest.raises(InvalidToken):
        verifier.verify(pool.token({"kid": "key-2"}))
    clock.now += 30
    assert verifier.verify(pool.token({"kid": "key-2"}))


def test_a_key_that_the_pool_took_back_is_refused_after_an_hour(
    pool: Pool, verifier: TokenVerifier, server: KeyServer, clock: Clock
) -> None:
    verifier.verify(pool.token())
    server.keys = [pool.jwk("key-2")]
    clock.now += 3600
    with pytest.raises(InvalidToken):
        verifier.verify(pool.token())


def test_while_the_key_server_is_dead_warm_keys_still_work(
    pool: Pool, verifier: TokenVerifier, server: KeyServer, clock: Clock
) -> None:
    verifier.verify(pool.token())
    server.is_up = False
    for _ in range(23):
        clock.now += 3600
        verifier.verify(pool.token())
    with pytest.raises(InvalidToken):
        verifier.verify(pool.token({"kid": "key-2"}))
    clock.now += 3600
    with pytest.raises(IdentityUnavailable):
        verifier.verify(pool.token())
    server.is_up = True
    clock.now += 30
    assert verifier.verify(pool.token())


def test_a_dead_key_server_is_not_asked_for_every_token(pool: Pool, verifier: TokenVerifier, server: KeyServer) -> None:
    server.is_up = False
    for _ in range(50):
        with pytest.raises(IdentityUnavailable):
            verifier.verify(pool.token({"kid": KID}))
    assert server.asked == 1
