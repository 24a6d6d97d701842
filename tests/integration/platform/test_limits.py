from collections.abc import Iterator
from threading import Thread
from time import monotonic, sleep

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.platform.limits import LimitExceeded, Quota, Rate, Take, Within, run_within
from shared.platform.valkey import Address, Valkey, ValkeyRefused, open_connection
from tests.servers import HOST, ValkeyServer

SLOW = 0.001  # a unit in a quarter of an hour: within a test nothing comes back
DEADLINE = 60.0


@pytest.fixture
def client(valkey: redis.Redis, valkey_server: ValkeyServer) -> Iterator[Valkey]:
    client = connected(valkey_server)
    yield client
    client.close()


def connected(server: ValkeyServer) -> Valkey:
    address = Address(host=HOST, port=server.port)
    return Valkey(lambda: open_connection(address, password=server.password, timeout=5))


def take(name: str = "key", *, burst: int = 3, per_second: float = SLOW, cost: int = 1) -> Take:
    return Take(name=name, key=f"{{t}}:{name}", limit=Rate(per_second=per_second, burst=burst), cost=cost)


def quota(units: int, cost: int = 1) -> Take:
    return Take(name="quota", key="{t}:quota", limit=Quota(units=units, seconds=60), cost=cost)


def count(valkey: redis.Redis) -> int:
    return int(valkey.get("{t}:done") or 0)


DONE = ("INCR", "{t}:done")


def test_a_burst_is_allowed_and_no_more(client: Valkey, valkey: redis.Redis) -> None:
    left = [run_within(client, [take()], [DONE]).left for _ in range(3)]
    with pytest.raises(LimitExceeded) as refused:
        run_within(client, [take()], [DONE])

    assert left == [2, 1, 0]
    assert count(valkey) == 3
    assert (refused.value.take.name, refused.value.left) == ("key", 0)
    assert 900_000 < refused.value.retry_ms <= 1_000_000


def test_replies_come_in_the_order_of_the_commands(client: Valkey) -> None:
    answer = run_within(client, [take()], [("SET", "{t}:a", b"\x00\xff"), ("GET", "{t}:a")])
    assert answer.replies == [b"OK", b"\x00\xff"]
    assert answer == Within(tightest=take(), left=2, full_in_ms=1_000_000, replies=answer.replies)


def test_without_limits_commands_are_carried_out(client: Valkey, valkey: redis.Redis) -> None:
    assert run_within(client, [], [DONE]).tightest is None
    assert count(valkey) == 1


def test_a_refusal_takes_nothing_from_the_other_buckets(client: Valkey) -> None:
    for _ in range(5):
        with pytest.raises(LimitExceeded, match="empty"):
            run_within(client, [take("full"), quota(9), take("empty", burst=1, cost=2)])
    assert run_within(client, [take("full"), quota(1)]).left == 2


def test_the_tightest_bucket_is_told(client: Valkey) -> None:
    answer = run_within(client, [take("wide", burst=100), take("tight", burst=2), take("middle", burst=4)])
    assert answer.tightest is not None
    assert (answer.tightest.name, answer.left) == ("tight", 1)


def test_a_bucket_fills_up_again(client: Valkey) -> None:
    quick = take(per_second=100, burst=1)
    run_within(client, [quick])
    deadline = monotonic() + DEADLINE
    while True:
        try:
            run_within(client, [quick])
        except LimitExceeded as error:
            assert error.retry_ms <= 10
            assert monotonic() < deadline
            sleep(0.002)
        else:
            return


def test_a_quota_is_counted_exactly_and_forgotten_in_time(client: Valkey, valkey: redis.Redis) -> None:
    run_within(client, [quota(10, cost=7)])
    with pytest.raises(LimitExceeded) as refused:
        run_within(client, [quota(10, cost=4)])
    run_within(client, [quota(10, cost=3)])

    assert refused.value.left == 3
    assert 0 < refused.value.retry_ms <= 60_001
    assert valkey.get("{t}:quota") == b"10"
    assert 0 < valkey.ttl("{t}:quota") <= 60


def test_what_is_never_enough_is_refused(client: Valkey) -> None:
    with pytest.raises(LimitExceeded):
        run_within(client, [take(burst=3, cost=4)])


def test_buckets_leave_nothing_behind(client: Valkey, valkey: redis.Redis) -> None:
    run_within(client, [take(per_second=1, burst=5)])
    assert 0 < valkey.pttl("{t}:key") <= 1001


def test_also_is_carried_out_whatever_the_limits_say(client: Valkey, valkey: redis.Redis) -> None:
    with pytest.raises(LimitExceeded):
        run_within(client, [take(cost=9)], [DONE], also=[("SET", "elsewhere", "1")])
    assert (valkey.get("elsewhere"), count(valkey)) == (b"1", 0)


def test_a_valkey_that_forgot_the_script_is_told_it_again_and_does_everything_once(
    client: Valkey, valkey: redis.Redis
) -> None:
    valkey.script_flush()
    run_within(client, [take()], [DONE], also=[("INCR", "elsewhere")])
    assert (count(valkey), valkey.get("elsewhere")) == (1, b"1")


def test_a_command_that_valkey_refuses_is_an_error(client: Valkey) -> None:
    with pytest.raises(ValkeyRefused):
        run_within(client, [take()], [("LPUSH", "{t}:a")])


def test_many_at_once_get_exactly_the_burst(valkey_server: ValkeyServer, valkey: redis.Redis) -> None:
    def ask() -> None:
        own = connected(valkey_server)
        for _ in range(50):
            try:
                run_within(own, [take("a", burst=90), take("b", burst=120)], [DONE])
            except LimitExceeded:
                continue
        own.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(valkey) == 90


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6)), max_size=20))
def test_nobody_loses_by_what_another_takes(client: Valkey, valkey: redis.Redis, steps: list[tuple[str, int]]) -> None:
    valkey.flushall()
    left = dict.fromkeys("abc", 10)
    for name, cost in steps:
        try:
            run_within(client, [take(name, burst=10, cost=cost)])
        except LimitExceeded as error:
            assert cost > left[name] == error.left
        else:
            left[name] -= cost
    assert min(left.values()) >= 0
