from dataclasses import dataclass

from shared.http.services import HttpSettings


@dataclass(frozen=True)
class Settings(HttpSettings):
    event_bus_name: str
    origin_secret_arn: str
