"""What the code says to PostgreSQL today is on record, so that a later migration is tried on it: this is how a release is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from shared.platform.migrations import read_migrations
from tests.conftest import MigratedDatabase
from tests.integration.api.conftest import Api
from tests.integration.upgrade.recording import FIRST_SITE, FOLDER, Call, Recording, recorded_versions, recording
from tests.integration.upgrade.tour import take_tour

NEWEST = len(read_migrations())


@pytest.fixture
def calls(migrated: MigratedDatabase) -> Iterator[list[Call]]:
    migrated.connect("p09_admin").run(f"alter table sites alter column id restart with {FIRST_SITE}")
    with recording() as found:
        yield found


def test_the_newest_schema_has_a_recording_of_everything_that_the_code_says(
    calls: list[Call], api: Api, pytestconfig: pytest.Config
) -> None:
    """`make record-statements` writes it anew."""
    at = datetime.now(UTC)
    take_tour(api)
    made = Recording(version=NEWEST, at=at, calls=tuple(calls))
    if pytestconfig.getoption("record", default=False):
        made.save()
    assert recorded_versions()[-1] == NEWEST, "make record-statements"
    kept = Recording.read(NEWEST)
    assert {name for name, sql in made.statements() ^ kept.statements()} == set(), "make record-statements"


def test_a_recording_that_is_read_is_the_one_that_was_written(tmp_path_factory: pytest.TempPathFactory) -> None:
    for version in recorded_versions():
        folder = tmp_path_factory.mktemp("recorded")
        assert Recording.read(version).save(folder).read_text() == (FOLDER / f"{version:04}.jsonl").read_text()
