from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

import pytest

from functions.status_publisher.publish import publish
from functions.status_publisher.turn import LEASE, MOST_ROUNDS, in_turn
from shared.status.describe import describe
from shared.status.render import HEARTBEAT, render
from tests.memory_table import MemoryTable
from tests.status_pages import DEGRADED, NOW, OPERATIONAL, page_of

CLOCK = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class MemoryBucket:
    objects: dict[str, bytes] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    fails_at: str = ""

    def etags(self) -> dict[str, str]:
        return {key: md5(content, usedforsecurity=False).hexdigest() for key, content in self.objects.items()}

    def put(self, key: str, content: bytes, *, content_type: str, cache_control: str) -> None:
        assert content_type
        assert "max-age" in cache_control
        if key == self.fails_at:
            raise ConnectionError(key)
        self.objects[key] = content
        self.written.append(key)

    def remove(self, keys: Iterable[str]) -> None:
        for key in keys:
            del self.objects[key]


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket()


def contents(files: Any) -> dict[str, bytes]:
    return {path: file.content for path, file in files.items()}


def test_the_first_time_everything_is_written_and_the_overview_when_its_links_lead_somewhere(
    bucket: MemoryBucket,
) -> None:
    files = render(page_of(OPERATIONAL))
    publish(bucket, files)
    assert bucket.objects == contents(files)
    assert bucket.written[-2:] == ["index.html", HEARTBEAT]


def test_a_heartbeat_writes_two_files(bucket: MemoryBucket) -> None:
    publish(bucket, render(page_of(OPERATIONAL)))
    done = publish(bucket, render(describe(OPERATIONAL, NOW + timedelta(minutes=1))))
    assert done.put == ("index.html", HEARTBEAT)
    assert done.removed == ()


def test_what_has_changed_is_written_and_what_is_no_longer_told_is_removed(bucket: MemoryBucket) -> None:
    publish(bucket, render(page_of(DEGRADED)))
    files = render(page_of(OPERATIONAL))
    done = publish(bucket, files)
    assert bucket.objects == contents(files)
    assert len(done.removed) == 1
    assert done.removed[0].startswith("incidents/")
    assert "api/v2/summary.json" in done.put
    assert "status.css" not in done.put


def test_what_somebody_else_changed_or_a_crash_left_half_is_mended_by_the_next_heartbeat(bucket: MemoryBucket) -> None:
    bucket.fails_at = "history.rss"
    with pytest.raises(ConnectionError):
        publish(bucket, render(page_of(DEGRADED)))
    bucket.fails_at = ""
    files = render(page_of(OPERATIONAL))
    bucket.objects["api/v2/status.json"] = b"{}"
    publish(bucket, files)
    assert bucket.objects == contents(files)


@dataclass
class Work:
    """Counts how often it is done, and lets somebody else act while it is."""

    table: MemoryTable
    meanwhile: list[Any] = field(default_factory=list)
    done: int = 0

    def __call__(self) -> None:
        self.done += 1
        if self.meanwhile:
            self.meanwhile.pop(0)()


def now() -> datetime:
    return CLOCK


@pytest.fixture
def work() -> Work:
    return Work(MemoryTable())


def test_alone_it_publishes_once_and_the_next_one_finds_it_free(work: Work) -> None:
    assert in_turn(work.table, now, work)
    assert in_turn(work.table, now, work)
    assert work.done == 2


def test_who_comes_meanwhile_leaves_word_and_the_first_publishes_once_more(work: Work) -> None:
    came: list[bool] = []

    def comes() -> None:
        came.append(in_turn(work.table, now, lambda: pytest.fail("two at once")))

    def a_crowd_comes() -> None:
        for _ in range(20):
            comes()

    work.meanwhile = [a_crowd_comes]
    assert in_turn(work.table, now, work)
    assert came == [False] * 20
    assert work.done == 2


def test_who_comes_between_the_last_look_and_the_end_is_not_forgotten(work: Work) -> None:
    def comes_late() -> None:
        work.table.before_write = lambda: in_turn(work.table, now, lambda: pytest.fail("two at once"))

    work.meanwhile = [comes_late]
    assert in_turn(work.table, now, work)
    assert work.done == 2


def test_two_who_begin_at_once_do_not_both_publish(work: Work) -> None:
    other = Work(work.table)
    work.table.before_write = lambda: in_turn(work.table, now, other)
    assert in_turn(work.table, now, work)
    assert (work.done, other.done) == (1, 1)


def test_a_publisher_that_fails_leaves_the_turn_to_the_next(work: Work) -> None:
    def fail() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        in_turn(work.table, now, fail)
    assert in_turn(work.table, now, work)


def test_a_publisher_that_was_killed_holds_up_nobody_for_longer_than_its_lease(work: Work) -> None:
    class Killed(BaseException):
        pass

    def kill() -> None:
        raise Killed

    with pytest.raises(Killed):
        in_turn(work.table, now, kill)
    assert not in_turn(work.table, now, work)
    assert in_turn(work.table, lambda: CLOCK + LEASE, work)


def test_it_does_not_publish_for_ever_however_many_ask(work: Work) -> None:
    def ask() -> None:
        in_turn(work.table, now, lambda: pytest.fail("two at once"))

    work.meanwhile = [ask] * (MOST_ROUNDS + 5)
    assert in_turn(work.table, now, work)
    assert work.done == MOST_ROUNDS
    work.meanwhile = []
    assert in_turn(work.table, now, work)
