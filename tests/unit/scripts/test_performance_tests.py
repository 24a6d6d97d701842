from argparse import Namespace

import pytest

from scripts import performance_tests
from shared.delivery.snapshot import Snapshot, read_snapshot
from tests.step_reports import snapshot as plain


class Kept:
    def __init__(self) -> None:
        self.accepted: list[Snapshot] = []

    def accept(self, snapshot: Snapshot) -> None:
        self.accepted.append(snapshot)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept()
    monkeypatch.setattr(performance_tests, "_store", lambda _chosen: found)
    return found


@pytest.mark.parametrize(("stage", "kept_here"), [("local", 1), ("staging", 0), ("prod", 0)])
def test_in_aws_the_api_keeps_a_snapshot_and_this_command_writes_nothing(
    kept: Kept, stage: str, kept_here: int
) -> None:
    performance_tests._keep(Namespace(stage=stage, save=None), read_snapshot(plain()))
    assert len(kept.accepted) == kept_here
