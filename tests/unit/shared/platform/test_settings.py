from dataclasses import dataclass

import pytest

from shared.platform import settings
from shared.platform.settings import MissingSettings, load


@dataclass(frozen=True)
class Settings:
    stage: str
    event_bus_name: str


def test_fields_are_read_from_keys_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_ENVIRONMENT", {"STAGE": "test", "EVENT_BUS_NAME": ""})
    assert load(Settings) == Settings("test", "")


def test_every_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "_ENVIRONMENT", {})
    with pytest.raises(MissingSettings, match="STAGE, EVENT_BUS_NAME"):
        load(Settings)
