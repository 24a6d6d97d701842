from dataclasses import dataclass

from shared.platform.settings import ValkeySettings


@dataclass(frozen=True)
class Settings(ValkeySettings):
    stage: str
    operations_table_name: str
