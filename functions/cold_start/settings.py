from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """``functions`` are those that log in to PostgreSQL, as JSON: a list of ``{"name", "alias", "asked"}``, where ``asked`` is the
    event by which one shows that it can, null for the others."""

    stage: str
    operations_table_name: str
    functions: str
