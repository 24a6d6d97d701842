from dataclasses import dataclass

from shared.http.services import HttpSettings, IdentitySettings


@dataclass(frozen=True)
class Settings(HttpSettings, IdentitySettings):
    event_bus_name: str
    operations_table_name: str
    restore_workflow_arn: str
