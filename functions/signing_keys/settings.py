from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """``jwks_url`` is where the user pool publishes its public keys."""

    stage: str
    operations_table_name: str
    jwks_url: str
