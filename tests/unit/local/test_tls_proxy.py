import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from local.tls_proxy.authority import Papers, papers
from local.tls_proxy.relay import Way

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _certificates(found: Papers) -> tuple[x509.Certificate, x509.Certificate]:
    return tuple(x509.load_pem_x509_certificate(file.read_bytes()) for file in (found.authority, found.server))  # type: ignore[return-value]  # a tuple of two


def test_an_authority_signs_one_certificate_for_loopback_and_keeps_no_key(tmp_path: Path) -> None:
    found = papers(tmp_path / "tls", NOW)
    authority, server = _certificates(found)
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["127.0.0.1", "localhost"]
    assert b"PRIVATE KEY" not in found.authority.read_bytes() + found.trusted.read_bytes()
    assert stat.S_IMODE(found.server.stat().st_mode) == 0o600


def test_what_is_trusted_ends_with_the_authority(tmp_path: Path) -> None:
    found = papers(tmp_path, NOW)
    assert found.trusted.read_bytes().endswith(found.authority.read_bytes())


def test_papers_are_kept_while_they_are_good_and_replaced_a_month_before_they_end(tmp_path: Path) -> None:
    first = papers(tmp_path, NOW).server.read_bytes()
    assert papers(tmp_path, NOW + timedelta(days=334)).server.read_bytes() == first
    assert papers(tmp_path, NOW + timedelta(days=336)).server.read_bytes() != first


def test_papers_that_were_left_half_written_are_written_anew(tmp_path: Path) -> None:
    found = papers(tmp_path, NOW)
    found.trusted.unlink()
    papers(tmp_path, NOW)
    authority, server = _certificates(found)
    server.verify_directly_issued_by(authority)
    assert found.trusted.exists()


def test_a_way_is_read_as_it_is_written() -> None:
    way = Way("postgres", 25432, 5432)
    assert Way.read(str(way)) == way
    with pytest.raises(ValueError, match="mysql is neither postgres nor valkey"):
        Way.read("mysql:1:2")
