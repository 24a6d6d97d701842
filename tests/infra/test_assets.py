from __future__ import annotations

import ssl
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from infra import assets, byte_code

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_same_code_makes_the_same_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BUILD", tmp_path / "first")
    first = assets.code(assets.local_target())
    monkeypatch.setattr(assets, "BUILD", tmp_path / "second")
    second = assets.code(assets.local_target())
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_archive_holds_functions_and_product_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "BUILD", tmp_path)
    names = zipfile.ZipFile(assets.code(assets.local_target())).namelist()
    assert {name.partition("/")[0] for name in names} == {"functions", "shared"}
    assert "functions/api/handler.py" in names
    assert any(name.startswith("functions/api/__pycache__/handler.") for name in names)
    assert any(name.startswith("shared/migrations/") and name.endswith(".sql") for name in names)


def test_every_file_that_stands_beside_code_reaches_the_functions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "BUILD", tmp_path)
    names = set(zipfile.ZipFile(assets.code(assets.local_target())).namelist())
    files = (path for folder in assets.CODE for path in (assets.ROOT / folder).rglob("*") if path.is_file())
    beside = {str(path.relative_to(assets.ROOT)) for path in files if "__pycache__" not in path.parts}
    assert beside <= names


def test_archives_for_aws_carry_the_certificates_of_rds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BUILD", tmp_path)
    archive = zipfile.ZipFile(assets.code(assets.lambda_target()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=archive.read("rds-ca.pem").decode())
    names = [dict(part[0] for part in one["subject"])["commonName"] for one in context.get_ca_certs()]  # type: ignore[misc]  # typeshed: nested tuples
    assert "Amazon RDS us-east-1 Root CA RSA2048 G1" in names
    assert "Amazon RDS eu-central-1 Root CA RSA2048 G1" in names
    # Every connection reads all of them: no region's, no kind's that no instance of ours has.
    assert len(names) < 40


def test_a_newer_archive_replaces_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BUILD", tmp_path)
    (tmp_path / "code-local-0123456789abcdef.zip").touch()
    (tmp_path / "code-lambda-0123456789abcdef.zip").touch()
    newest = assets.code(assets.local_target())
    kept = {path.name for path in tmp_path.glob("*.zip")}
    assert kept == {newest.name, "code-lambda-0123456789abcdef.zip"}


def test_the_digest_of_migrations_changes_with_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "MIGRATIONS", tmp_path)
    (tmp_path / "0001_first.sql").write_text("SELECT 1")
    before = assets.migrations_digest()
    (tmp_path / "0002_second.sql").write_text("SELECT 2")
    assert assets.migrations_digest() != before


def test_an_assembly_without_byte_code_says_so_and_how_to_mend_it() -> None:
    said = byte_code.warning(replace(assets.lambda_target(), compiler=None))
    assert "WARNING: this machine has no Python 3.13, so the archives hold no byte code" in said
    assert "To mend it: `uv python install 3.13`, then `make assembly` again" in said


def test_an_assembly_with_byte_code_says_nothing() -> None:
    assert not byte_code.warning(replace(assets.lambda_target(), compiler="python3.13"))
