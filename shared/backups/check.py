"""The 16:00 check: a report, the runbook's limits, a verdict; never silence."""

from datetime import datetime

from shared.backups.model import BackupsUnavailable, BackupsUnconfigured, Finding, Limits
from shared.backups.port import Backups
from shared.backups.verify import unavailable, unconfigured, verify
from shared.runbook.tasks import BackupVerification


def check_backups(backups: Backups, task: BackupVerification, now: datetime) -> Finding:
    limits = Limits.of(task)
    try:
        return verify(backups.report(now), limits, now)
    except BackupsUnconfigured as error:
        return unconfigured(f"{error}.", limits)
    except BackupsUnavailable as error:
        return unavailable(str(error), limits)
