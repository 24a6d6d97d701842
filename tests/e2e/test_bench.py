"""The row of `make bench` that starts a whole system. Last of all, because it leaves none running."""

from bench.rows import make_run
from tests.e2e.local_system import LocalSystem
from tests.integration.bench.test_rows import assert_measured


def test_the_start_of_the_system_is_measured(system: LocalSystem) -> None:
    system.stop()
    [outcome] = make_run.again(system.state)
    assert_measured(outcome, "make_run")
