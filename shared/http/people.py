"""What the functions that people call need besides: whose access tokens are good."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from shared.http.services import HttpSettings, Services

if TYPE_CHECKING:
    from shared.identity.tokens import TokenVerifier


@dataclass(frozen=True)
class PeopleSettings(HttpSettings):
    """``identity_client_ids`` are the clients by which people sign in, separated by commas."""

    identity_issuer: str
    identity_jwks_url: str
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
            jwks_url=settings.identity_jwks_url,
            client_ids=settings.identity_client_ids.split(","),
            pipeline_client_id=settings.identity_pipeline_client_id,
        )
