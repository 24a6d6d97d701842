from datetime import datetime

import pytest

from shared.backups.check import check_backups
from shared.backups.model import BackupsUnavailable, BackupsUnconfigured, Report
from shared.runbook.load import the_runbook
from tests.unit.shared.backups.reports import GOOD, NOW

TASK = the_runbook().tasks.backup_verification


class Fake:
    def __init__(self, found: Report | Exception) -> None:
        self._found = found

    def report(self, now: datetime) -> Report:
        assert now == NOW
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (GOOD, "passed"),
        (Report(), "failed"),
        (BackupsUnavailable("time-out"), "failed"),
        (BackupsUnconfigured("No vault is named"), "unconfigured"),
    ],
)
def test_every_answer_has_a_verdict(found: Report | Exception, verdict: str) -> None:
    assert check_backups(Fake(found), TASK, NOW).verdict == verdict
