"""In another region: the vault that takes a second copy of each nightly backup, under a key of that region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from infra.constructs.backup_plan import locked_vault
from infra.constructs.encryption_key import EncryptionKey

if TYPE_CHECKING:
    from constructs import Construct

    from infra.stages import Stage


class RecoveryCopyStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, **props: Any) -> None:
        super().__init__(scope, construct_id, **props)
        key = EncryptionKey(self, "Key", alias=stage.physical_name("backup-copies"), stage=stage)
        locked_vault(self, "Vault", stage=stage, key=key)
