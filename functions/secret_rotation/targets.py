"""For each kind of secret, what it opens or signs for."""

from typing import TYPE_CHECKING, Final

from functions.secret_rotation.settings import Settings
from shared.platform import wiring
from shared.platform.aws.secrets import Login
from shared.platform.secret import Secret
from shared.rotation.rotation import Target
from shared.runbook.secrets import Kind

if TYPE_CHECKING:
    from pg8000.native import Connection

    from shared.platform.postgres import Database
    from shared.rotation.valkey_tokens import Admit

APPLICATION: Final = "secret rotation"
ELASTICACHE_SECONDS: Final = 240.0


class Targets:
    """Each is imported when the first of its kind is rotated."""

    def __init__(self, settings: Settings, admin: "Database") -> None:
        self._settings = settings
        self._admin = admin

    def of(self, kind: Kind) -> Target:
        kinds = {
            "postgres_login": self._postgres, "valkey_token": self._valkey, "canary_keys": self._canary,
            "webhook_keys": self._webhooks,
        }  # fmt: skip
        return kinds[kind]()

    def _postgres(self) -> Target:
        from shared.rotation.postgres_logins import PostgresLogins

        return PostgresLogins(self._admin, self._login)

    def _login(self, username: str, password: str) -> "Connection":
        return wiring.connect_to_postgres(self._settings, Login(username, Secret(password)), application=APPLICATION)

    def _valkey(self) -> Target:
        from shared.rotation.valkey_tokens import ValkeyTokens

        return ValkeyTokens(self._admit(), lambda password: wiring.connect_to_valkey(self._settings, password))

    def _admit(self) -> "Admit":
        from shared.rotation.valkey_tokens import by_acl, by_elasticache

        if not self._settings.valkey_user_id:
            return by_acl(wiring.valkey(self._settings))
        import boto3

        return by_elasticache(boto3.client("elasticache"), self._settings.valkey_user_id, seconds=ELASTICACHE_SECONDS)

    def _canary(self) -> Target:
        from shared.together.canary_keys import CanaryKeys

        return CanaryKeys(self._admin)

    def _webhooks(self) -> Target:
        from shared.rotation.webhook_keys import WebhookKeys

        return WebhookKeys()
