"""The rules that `make check` holds migrations against, with the real linter."""

from pathlib import Path

import pytest

from scripts.migration_rules import violations
from shared.platform.migrations import DIRECTORY


def rules(folder: Path, sql: str, exceptions: str = "") -> set[str]:
    (folder / "0001_one.sql").write_text(sql)
    (folder / "exceptions.toml").write_text(exceptions)
    return {one.rule for one in violations(folder)} - {"require-lock-timeout", "require-statement-timeout"}


def test_every_migration_obeys_them_or_has_a_reason() -> None:
    assert violations(DIRECTORY) == []


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("alter table sites drop column name;", "ban-drop-column"),
        ("alter table sites rename column name to title;", "renaming-column"),
        ("alter table sites rename to places;", "renaming-table"),
        ("drop table sites;", "ban-drop-table"),
        ("alter table sites add column title text not null;", "adding-required-field"),
        ("alter table sites alter column name set not null;", "adding-not-nullable-field"),
        ("alter table sites alter column name type bigint using 1;", "changing-column-type"),
        ("alter table sites add constraint named check (name <> '');", "constraint-missing-not-valid"),
        ("create index on sites (name);", "require-concurrent-index-creation"),
        ("drop function p09_organisations();", "ban-drop-function"),
        ("alter table sites add column a text; revoke select on sites\n  from p09_api;", "ban-revoke"),
        ("drop policy tenant on sites;", "ban-drop-policy"),
        ("drop role p09_worker;", "ban-drop-role"),
    ],
)
def test_a_migration_that_breaks_the_code_before_it_is_found(tmp_path: Path, sql: str, rule: str) -> None:
    assert rules(tmp_path, sql) == {rule}


def test_what_only_adds_breaks_no_rule(tmp_path: Path) -> None:
    sql = "create table notes (id bigint primary key, text text not null);\nrevoke all on notes from public;\n"
    assert (
        rules(tmp_path, sql + "alter table sites add column note bigint;\ngrant select on notes to p09_api;") == set()
    )


def test_an_exception_excuses_its_file_and_must_be_needed_and_have_a_reason(tmp_path: Path) -> None:
    drop = "alter table sites drop column note;"
    assert rules(tmp_path, drop, '["0001_one.sql"]\nban-drop-column = "unused since 0007"') == set()
    assert rules(tmp_path, drop, '["0002_two.sql"]\nban-drop-column = "unused since 0007"') == {"ban-drop-column"}
    assert rules(tmp_path, "select 1;", '["0001_one.sql"]\nban-drop-column = "x"') == {"ban-drop-column"}
    assert rules(tmp_path, drop, '["0001_one.sql"]\nban-drop-column = " "') == {"ban-drop-column"}
