from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``functions`` are those that log in to PostgreSQL, as JSON: a list of ``{"name", "alias", "asked"}``, where ``asked`` is the
    event by which one shows that it can, null for the others.

    ``staging_functions`` are those, likewise, that can be pointed to a restored database and back to ``postgres_home_host`` and
    ``postgres_home_port``; they answer at ``staging_url``.
    """

    stage: str
    operations_table_name: str
    functions: str
    staging_functions: str
    staging_url: str
    postgres_home_host: str
    postgres_home_port: str
