from dataclasses import dataclass

from shared.http.people import PeopleSettings


@dataclass(frozen=True)
class Settings(PeopleSettings):
    origin_secret_arn: str
