from dataclasses import dataclass

from shared.http.people import PeopleSettings


@dataclass(frozen=True)
class Settings(PeopleSettings):
    event_bus_name: str
    restore_workflow_arn: str
    origin_secret_arn: str
