"""The versions of a stage's secret, without what they hold."""

from typing import Protocol

from shared.platform.aws.secrets import History, stored_name
from shared.platform.aws.signed import AwsRefused
from shared.rotation.age import Version


class Histories(Protocol):
    def history(self, secret_id: str) -> list[History]: ...


def versions_of(store: Histories, stage: str, name: str) -> list[Version]:
    """Empty for a secret that nobody has created. Raises ``AwsUnavailable`` and ``AwsRefused``."""
    try:
        found = store.history(stored_name(stage, name))
    except AwsRefused as error:
        if error.code == "ResourceNotFoundException":
            return []
        raise
    return [Version(id=one, stages=stages, created_at=at) for one, stages, at in found]
