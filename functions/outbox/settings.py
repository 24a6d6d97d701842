from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    stage: str
    operations_table_name: str
    event_bus_name: str
