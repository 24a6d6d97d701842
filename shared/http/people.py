"""What the functions that people call need besides: whose access tokens are good."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.http.services import HttpSettings, Services
from shared.platform.settings import aws_settings

if TYPE_CHECKING:
    from shared.accounts.ended_sessions import EndedSessions
    from shared.identity.signing_keys import SigningKeys
    from shared.identity.tokens import TokenVerifier
    from shared.platform.aws.dynamodb import Table


@dataclass(frozen=True)
class PeopleSettings(HttpSettings):
    """``identity_client_ids`` are the clients by which people sign in, separated by commas; in the operations table are the pool's
    signing keys, and whose sessions were ended."""

    identity_issuer: str
    identity_client_ids: str
    identity_pipeline_client_id: str
    operations_table_name: str


class PeopleServices(Services):
    def __init__(self, settings: PeopleSettings, application: str) -> None:
        super().__init__(settings, application)
        self._people_settings = settings

    @cached_property
    def tokens(self) -> "TokenVerifier":
        """Checks access tokens of people and of the pipeline."""
        from shared.identity.tokens import TokenVerifier  # PyJWT: only a caller who presents a token waits for it

        settings = self._people_settings
        return TokenVerifier(
            issuer=settings.identity_issuer,
            client_ids=settings.identity_client_ids.split(","),
            pipeline_client_id=settings.identity_pipeline_client_id,
            keys=self.signing_keys,
            is_ended=self.ended_sessions.has,
        )

    @cached_property
    def _operations(self) -> "Table":
        from shared.platform.aws.dynamodb import Table, signed_call

        return Table(signed_call(aws_settings), self._people_settings.operations_table_name)

    @cached_property
    def signing_keys(self) -> "SigningKeys":
        from shared.identity.signing_keys import KeptKeys, SigningKeys

        return SigningKeys(KeptKeys(self._operations).fetch)

    @cached_property
    def ended_sessions(self) -> "EndedSessions":
        from shared.accounts.ended_sessions import EndedSessions
        from shared.accounts.store import ended_sessions

        return EndedSessions(lambda: ended_sessions(self._operations))
