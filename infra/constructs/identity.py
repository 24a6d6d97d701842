"""How people sign in, and how their tokens and the pipeline's are verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """Where the console sends people to sign in, and how they come back; `provider` is who signs them in, "" the pool itself."""

    client_id: str
    authorize_url: str
    token_url: str
    logout_url: str
    provider: str

    def config(self, issuer: str) -> dict[str, str]:
        """What the console is told."""
        return {
            "issuer": issuer,
            "client_id": self.client_id,
            "authorize_url": self.authorize_url,
            "token_url": self.token_url,
            "logout_url": self.logout_url,
            "provider": self.provider,
        }


@dataclass(frozen=True, kw_only=True)
class Identity:
    issuer: str
    endpoint: str
    client_id: str
    pipeline_client_id: str
    redirect: Redirect | None

    @property
    def sign_in_endpoints(self) -> list[str]:
        """What the console's scripts talk to while somebody signs in or stays so."""
        return [self.endpoint, *([self.redirect.token_url] if self.redirect else [])]

    def environment(self) -> dict[str, str]:
        clients = [self.client_id, *([self.redirect.client_id] if self.redirect else [])]
        return {
            "IDENTITY_ISSUER": self.issuer,
            "IDENTITY_CLIENT_IDS": ",".join(clients),
            "IDENTITY_PIPELINE_CLIENT_ID": self.pipeline_client_id,
        }
