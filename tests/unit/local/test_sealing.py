import random
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.backups.sealing import CHUNK, MAGIC, Damaged, seal, unseal, unsealed

KEY = secrets.token_bytes(32)
SIZES = [0, 1, 4096, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5]


def _sealed(folder: Path, content: bytes) -> Path:
    (folder / "plain").write_bytes(content)
    seal(folder / "plain", folder / "sealed", KEY)
    return folder / "sealed"


def _noise(size: int) -> bytes:
    """Nothing that compression could make smaller than a chunk."""
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(tmp_path: Path, size: int) -> None:
    sealed = _sealed(tmp_path, _noise(size))
    unseal(sealed, tmp_path / "again", KEY)
    assert (tmp_path / "again").read_bytes() == _noise(size)


def test_zeros_take_no_room_and_come_back(tmp_path: Path) -> None:
    content = b"head" + bytes(16 * 1024**2) + b"tail" + bytes(8192)
    sealed = _sealed(tmp_path, content)
    assert sealed.stat().st_size < 100_000
    unseal(sealed, tmp_path / "again", KEY)
    assert (tmp_path / "again").read_bytes() == content
    assert (tmp_path / "again").stat().st_blocks * 512 < 1024**2


def test_what_was_sealed_can_not_be_read(tmp_path: Path) -> None:
    sealed = _sealed(tmp_path, b"a secret " * 100).read_bytes()
    assert sealed.startswith(MAGIC)
    assert b"secret" not in sealed


@given(st.data())
def test_a_flipped_bit_anywhere_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("flip")
    sealed = _sealed(folder, _noise(5000))
    content = bytearray(sealed.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    sealed.write_bytes(content)
    with pytest.raises(Damaged):
        list(unsealed(sealed, KEY))


@pytest.fixture(scope="module")
def two_chunks_and_more(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return _sealed(tmp_path_factory.mktemp("whole"), _noise(2 * CHUNK + 100)).read_bytes()


@given(left=st.integers(0, 2 * CHUNK))
def test_an_end_that_was_cut_off_is_found(
    tmp_path_factory: pytest.TempPathFactory, two_chunks_and_more: bytes, left: int
) -> None:
    sealed = tmp_path_factory.mktemp("cut") / "cut.sealed"
    sealed.write_bytes(two_chunks_and_more[:left])
    with pytest.raises(Damaged):
        list(unsealed(sealed, KEY))


def test_a_chunk_that_is_missing_or_moved_is_found(tmp_path: Path) -> None:
    sealed = _sealed(tmp_path, _noise(3 * CHUNK))
    content, head, chunk = sealed.read_bytes(), len(MAGIC) + 7, CHUNK + 16
    first, second = content[head : head + chunk], content[head + chunk : head + 2 * chunk]
    for other in (second + content[head + 2 * chunk :], second + first + content[head + 2 * chunk :]):
        sealed.write_bytes(content[:head] + other)
        with pytest.raises(Damaged):
            list(unsealed(sealed, KEY))


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(Damaged):
        list(unsealed(_sealed(tmp_path, b"content"), secrets.token_bytes(32)))


def test_a_draft_is_no_sealed_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"content")
    (tmp_path / ".sealed.new").write_bytes(b"what a crash left")
    seal(tmp_path / "plain", tmp_path / "sealed", KEY)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["plain", "sealed"]
