from collections.abc import Iterator

import pytest

from shared.platform.aws.dynamodb import Table
from tests.integration.access.aws import operations_table


@pytest.fixture
def operations(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """The operations table, empty."""
    with operations_table(monkeypatch) as table:
        yield table
