"""What the functions that people call need besides: whose access tokens are good."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.http.services import HttpSettings, Services
from shared.platform.settings import aws_settings

if TYPE_CHECKING:
    from shared.identity.signing_keys import SigningKeys
    from shared.identity.tokens import TokenVerifier


@dataclass(frozen=True)
class PeopleSettings(HttpSettings):
    """``identity_client_ids`` are the clients by which people sign in, separated by commas; ``operations_table_name`` is where the
    pool's signing keys are."""

    operations_table_name: str

    identity_issuer: str
    identity_client_ids: str
    identity_pipeline_client_id: str


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
        )

    @cached_property
    def signing_keys(self) -> "SigningKeys":
        from shared.identity.signing_keys import KeptKeys, SigningKeys
        from shared.platform.aws.dynamodb import Table, signed_call

        table = Table(signed_call(aws_settings), self._people_settings.operations_table_name)
        return SigningKeys(KeptKeys(table).fetch)
