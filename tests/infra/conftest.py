from __future__ import annotations

import pytest

from tests.infra.assembly import Assembly, synthesize


@pytest.fixture(scope="session")
def assembly() -> Assembly:
    return synthesize()
