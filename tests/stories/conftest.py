from pathlib import Path

import pytest

from tests.system import put_last


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    put_last(items, Path(__file__).parent, "test_backups.py", "test_compromise.py", "test_operations.py")
