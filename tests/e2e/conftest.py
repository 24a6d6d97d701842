from pathlib import Path

import pytest

from tests.system import put_last


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    put_last(items, Path(__file__).parent, "test_redeploy.py", "test_failures.py", "test_restart.py", "test_bench.py")
