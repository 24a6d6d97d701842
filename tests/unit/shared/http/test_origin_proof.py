import pytest
from starlette.requests import Request

from shared.http.client import viewer_address
from shared.http.origin_proof import HEADER, LOOK_AGAIN_SECONDS, REST_SECONDS, OriginProof
from shared.platform.aws.secrets import Login, LoginSecret
from shared.platform.aws.signed import AwsUnavailable
from shared.platform.secret import Secret
from shared.platform.settings import aws_settings

GATEWAY_SAW = "198.51.100.4"
VIEWER = "203.0.113.9"


class ProofSecret(LoginSecret):
    """The secret's current value and the one before; it counts how often each was asked for."""

    def __init__(self, current: str, before: str = "") -> None:
        super().__init__(aws_settings, "origin-proof")
        self.current, self.before = current, before
        self.asked: list[str] = []
        self.down = False

    def login(self) -> Login:
        self.asked.append("current")
        if self.down:
            raise AwsUnavailable("no answer")
        return Login("cloudfront", Secret(self.current))

    def previous(self) -> Login | None:
        self.asked.append("previous")
        return Login("cloudfront", Secret(self.before)) if self.before else None


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secret() -> ProofSecret:
    return ProofSecret("current")


@pytest.fixture
def proof(secret: ProofSecret, clock: Clock) -> OriginProof:
    return OriginProof(secret, clock)


def address(proof: OriginProof, *, sent: str | None, forwarded: str) -> str:
    headers = [(b"x-forwarded-for", forwarded.encode())]
    if sent is not None:
        headers.append((HEADER.encode(), sent.encode("latin-1")))
    return viewer_address(Request({"type": "http", "headers": headers, "client": (GATEWAY_SAW, 0)}), proof)


@pytest.mark.parametrize("sent", [None, "", "guessed", "gu\xe9ssed", "current, guessed"])
@pytest.mark.parametrize("forwarded", [VIEWER, f"{VIEWER}, {GATEWAY_SAW}"])
def test_a_forged_address_is_not_believed_without_the_secret(
    proof: OriginProof, sent: str | None, forwarded: str
) -> None:
    assert address(proof, sent=sent, forwarded=forwarded) == GATEWAY_SAW


def test_cloudfront_is_believed_but_not_what_the_viewer_told_it(proof: OriginProof) -> None:
    forwarded = f"192.0.2.1, {VIEWER}, {GATEWAY_SAW}"
    assert address(proof, sent="current", forwarded=forwarded) == VIEWER


def test_a_cold_start_makes_one_call_and_later_requests_none(proof: OriginProof, secret: ProofSecret) -> None:
    assert all(proof.holds("current") for _ in range(3))
    assert secret.asked == ["current"]


def test_who_sends_nothing_costs_no_call(proof: OriginProof, secret: ProofSecret) -> None:
    assert not proof.holds("")
    assert secret.asked == []


def test_the_value_before_is_good_until_cloudfront_has_the_new_one(clock: Clock) -> None:
    proof = OriginProof(ProofSecret("new", before="old"), clock)
    assert proof.holds("old")
    assert proof.holds("new")


def test_a_changed_value_is_picked_up_and_the_one_before_stays(
    proof: OriginProof, secret: ProofSecret, clock: Clock
) -> None:
    assert proof.holds("current")
    secret.current, secret.before = "new", "current"
    clock.now += LOOK_AGAIN_SECONDS
    assert proof.holds("new")
    clock.now += LOOK_AGAIN_SECONDS
    assert proof.holds("current")
    secret.current, secret.before = "newest", "new"
    clock.now += LOOK_AGAIN_SECONDS
    assert not proof.holds("guessed")
    assert not proof.holds("current")


def test_wrong_values_have_it_fetched_once_a_minute_at_most(
    proof: OriginProof, secret: ProofSecret, clock: Clock
) -> None:
    assert not any(proof.holds(f"guess {number}") for number in range(100))
    assert secret.asked == ["current", "previous"]
    clock.now += LOOK_AGAIN_SECONDS
    assert not any(proof.holds(f"guess {number}") for number in range(100))
    assert secret.asked == ["current", "previous"] * 2


def test_while_the_secret_can_not_be_fetched_what_is_known_holds_and_nothing_else(
    proof: OriginProof, secret: ProofSecret, clock: Clock
) -> None:
    secret.down = True
    assert not proof.holds("current")
    assert not proof.holds("current")
    assert secret.asked == ["current"]
    secret.down = False
    clock.now += REST_SECONDS
    assert proof.holds("current")
    secret.down = True
    clock.now += LOOK_AGAIN_SECONDS
    assert not proof.holds("guessed")
    assert proof.holds("current")
