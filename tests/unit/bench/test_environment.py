from dataclasses import dataclass

import pytest

from bench.environment import UnknownSetting, filled


@dataclass(frozen=True)
class Settings:
    stage: str
    brand_new: str
    newer_still: str


def test_the_environment_of_a_function_has_the_keys_of_its_settings_class_and_no_other() -> None:
    values = {"stage": "local", "brand_new": "1", "newer_still": "", "of_another_function": "2"}
    assert filled(Settings, values) == {"STAGE": "local", "BRAND_NEW": "1", "NEWER_STILL": ""}


def test_a_new_setting_without_a_value_is_named() -> None:
    with pytest.raises(UnknownSetting, match="has no value for brand_new, newer_still"):
        filled(Settings, {"stage": "local"})
