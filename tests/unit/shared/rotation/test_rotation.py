"""Whatever is called, in whatever order, cut off wherever: the current version works, and so does the one before."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rotation.rotation import CURRENT, STEPS, Rotation, RotationRefused
from shared.rotation.valkey_tokens import ValkeyTokens, by_elasticache


class Crash(BaseException):
    """The process ends after what it just did."""


@dataclass
class World:
    """A store of versions and a server that lets two texts in; ``left`` counts down to a crash."""

    texts: dict[str, str] = field(default_factory=lambda: {"v0": "t0"})
    current: str = "v0"
    previous: str = "v0"
    admitted: list[str] = field(default_factory=lambda: ["t0"])
    told: list[str] = field(default_factory=list)
    left: int = 1000
    made: int = 0

    def done(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Crash

    def stages(self, _secret: str) -> Mapping[str, list[str]]:
        return {one: [CURRENT] if one == self.current else [] for one in self.texts}

    def read(self, _secret: str, *, version: str | None = None) -> str:
        return self.texts.get(version or self.current, "")

    def put_pending(self, _secret: str, version: str, text: str) -> None:
        assert version not in self.texts  # a version's content never changes
        self.texts[version] = text
        self.done()

    def promote(self, _secret: str, version: str, *, instead_of: str | None) -> None:
        assert instead_of == self.current
        self.previous, self.current = self.current, version
        self.done()

    def make(self, _current: str) -> str:
        self.made += 1
        return f"t{self.made}"

    def admit(self, pending: str, current: str) -> None:
        if pending:
            self.admitted = [current, pending]
        self.done()

    def test(self, text: str) -> None:
        if text not in self.admitted:
            raise RotationRefused(text)

    def retire(self, _current: str) -> None:
        self.done()

    def describe(self, text: str) -> Mapping[str, str]:
        return {"text": text}

    def tell(self, _secret: str, version: str, _what: Mapping[str, str]) -> None:
        self.told.append(version)
        self.done()


calls = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["v1", "v2", "v3"]), st.integers(1, 6)), max_size=30)


@given(calls)
def test_the_current_version_always_works_and_was_told_of(made: list[tuple[str, str, int]]) -> None:
    world = World()
    rotation = Rotation(world, world, world.tell)
    for step, version, left in made:
        world.left = left
        with contextlib.suppress(Crash, RotationRefused):
            rotation.run(step, "secret", version)
        assert world.texts[world.current] in world.admitted
        assert world.current == "v0" or world.current in world.told


@given(calls, st.sampled_from(["v4", "v5"]))
def test_whatever_went_before_a_whole_rotation_ends_well(made: list[tuple[str, str, int]], version: str) -> None:
    world = World()
    rotation = Rotation(world, world, world.tell)
    for step, one, left in made:
        world.left = left
        with contextlib.suppress(Crash, RotationRefused):
            rotation.run(step, "secret", one)
    before, world.left = world.texts[world.current], 1000
    for step in STEPS:
        rotation.run(step, "secret", version)
    assert world.current == version
    assert world.admitted == [before, world.texts[version]]


class ElastiCache:
    """Takes a change, and a while to carry it out."""

    def __init__(self, looks: int) -> None:
        self.busy = 0
        self._looks = looks
        self.passwords: list[str] = []

    def describe_users(self, *, UserId: str) -> dict[str, list[dict[str, str]]]:  # noqa: N803 -- boto3\'s names
        self.busy -= 1
        return {"Users": [{"UserId": UserId, "Status": "modifying" if self.busy > 0 else "active"}]}

    def modify_user(self, *, UserId: str, Passwords: list[str]) -> dict[str, str]:  # noqa: N803 -- boto3\'s names
        assert self.busy <= 0  # it refuses a user that is being modified
        self.busy, self.passwords = self._looks, Passwords
        return {"UserId": UserId}


def tokens(server: ElastiCache) -> ValkeyTokens:
    def connect(_password: str) -> None:
        raise AssertionError("not asked for here")

    admit = by_elasticache(server, "p09-valkey", seconds=10, sleep=lambda _: None)
    return ValkeyTokens(admit, connect)  # type: ignore[arg-type]  # a fake of the few calls that are made


CURRENT_TEXT = '{"username": "default", "password": "old"}'


def test_elasticache_lets_both_passwords_in() -> None:
    server = ElastiCache(looks=3)
    target = tokens(server)
    pending = target.make(CURRENT_TEXT)
    target.admit(pending, CURRENT_TEXT)
    assert server.passwords[0] == "old"
    assert len(server.passwords[1]) == 64
    assert target.describe(pending) == {"username": "default"}


def test_a_change_that_takes_too_long_is_taken_up_by_the_next_attempt() -> None:
    server = ElastiCache(looks=8)
    target = tokens(server)
    with pytest.raises(RotationRefused, match="still being modified"):
        target.admit(CURRENT_TEXT, CURRENT_TEXT)
    server._looks = 1
    target.admit(CURRENT_TEXT, CURRENT_TEXT)
    assert server.passwords == ["old", "old"]
