"""How tokens of signed-in people are verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Identity:
    issuer: str
    jwks_url: str
    endpoint: str
    client_id: str

    def environment(self) -> dict[str, str]:
        return {
            "IDENTITY_ISSUER": self.issuer,
            "IDENTITY_JWKS_URL": self.jwks_url,
            "IDENTITY_CLIENT_ID": self.client_id,
        }
