"""Files at rest: compressed, then encrypted in chunks, so that any size is sealed in little memory.

AES-256-GCM, with the STREAM construction for chunks (Hoang, Reyhanitabar, Rogaway and Vizár, 2015): the nonce carries the
number of the chunk and whether it is the last. A flipped bit, a chunk that is missing, moved or added, and an end that was
cut off are all found before anything is believed.
"""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"P09SEAL1"
CHUNK: Final = 1 << 20
_PREFIX: Final = 7
_TAG: Final = 16
_BLOCK: Final = 4096


class Damaged(Exception):
    """A sealed file is not what was sealed: flipped, cut off, or under another key."""


def seal(source: Path, target: Path, key: bytes) -> int:
    """Write `source` sealed to `target`, durably, with its time, whole or not at all; returns the bytes written."""
    draft = target.with_name(f".{target.name}.new")
    with source.open("rb") as plain, os.fdopen(_create(draft), "wb") as sealed:
        prefix = os.urandom(_PREFIX)
        sealed.write(MAGIC + prefix)
        cipher, waiting, number = AESGCM(key), b"", 0
        for part in _compressed(plain):
            waiting += part
            while len(waiting) > CHUNK:
                sealed.write(cipher.encrypt(_nonce(prefix, number, last=False), waiting[:CHUNK], MAGIC))
                waiting, number = waiting[CHUNK:], number + 1
        sealed.write(cipher.encrypt(_nonce(prefix, number, last=True), waiting, MAGIC))
        sealed.flush()
        os.fsync(sealed.fileno())
        size = sealed.tell()
    written = source.stat()
    os.utime(draft, ns=(written.st_atime_ns, written.st_mtime_ns))
    draft.replace(target)
    sync_folder(target.parent)
    return size


def unseal(source: Path, target: Path, key: bytes) -> None:
    """Write what was sealed to `target`; blocks of zeros become holes. Raises Damaged, FileNotFoundError, OSError."""
    with target.open("wb") as plain:
        for part in unsealed(source, key):
            _write_sparsely(plain, part)
        plain.truncate(plain.tell())


def unsealed(source: Path, key: bytes) -> Iterator[bytes]:
    """The plain content, piece by piece. The last piece has come when it ends without Damaged."""
    inflate = zlib.decompressobj()
    for chunk in _opened(source, key):
        try:
            yield inflate.decompress(chunk)
        except zlib.error as error:
            raise Damaged(f"{source.name}: {error}") from error
    yield inflate.flush()
    if not inflate.eof:
        raise Damaged(f"{source.name} ends too early")


def check_seal(source: Path, key: bytes) -> None:
    """Read all of it: every chunk is what was sealed. Raises Damaged, FileNotFoundError, OSError."""
    for _ in _opened(source, key):
        pass


def sync_folder(folder: Path) -> None:
    """After a rename: without it the new name may be gone after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _create(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _compressed(plain: BinaryIO) -> Iterator[bytes]:
    deflate = zlib.compressobj(level=1)  # a tenth of the time of the usual level; WAL is mostly zeros
    while part := plain.read(CHUNK):
        yield deflate.compress(part)
    yield deflate.flush()


def _opened(source: Path, key: bytes) -> Iterator[bytes]:
    with source.open("rb") as sealed:
        head = sealed.read(len(MAGIC) + _PREFIX)
        if len(head) < len(MAGIC) + _PREFIX or not head.startswith(MAGIC):
            raise Damaged(f"{source.name} is no sealed file")
        cipher, prefix, number = AESGCM(key), head[len(MAGIC) :], 0
        chunk = sealed.read(CHUNK + _TAG)
        while chunk:
            following = sealed.read(CHUNK + _TAG)
            try:
                yield cipher.decrypt(_nonce(prefix, number, last=not following), chunk, MAGIC)
            except InvalidTag as error:
                raise Damaged(f"{source.name}: chunk {number} is altered or cut off") from error
            chunk, number = following, number + 1
        if number == 0:
            raise Damaged(f"{source.name} ends too early")


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _write_sparsely(plain: BinaryIO, part: bytes) -> None:
    zeros = bytes(_BLOCK)
    for start in range(0, len(part), _BLOCK):
        block = part[start : start + _BLOCK]
        if block == zeros:
            plain.seek(_BLOCK, os.SEEK_CUR)
        else:
            plain.write(block)
