"""A function's code, unpacked once for all of its environments.

Each would have 4,000 files of its own, 120 MB that nothing writes to: a hundred environments would fill the memory, and
each would unpack and compile them anew.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, ZipInfo


class SharedCode(ZipFile):
    """The archive that an environment has written into its own folder, and that nobody needs once it is unpacked."""

    def extractall(
        self, path: object = None, members: Iterable[str | ZipInfo] | None = None, pwd: bytes | None = None
    ) -> None:
        """Leave a link at ``path``, an empty folder, to what is unpacked beside the environments' folders."""
        if members is not None or pwd is not None:
            raise NotImplementedError("only whole archives without a password are shared")
        archive, target = Path(str(self.filename)), Path(str(path))
        with archive.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        shared = Path(tempfile.gettempdir()) / f"code-{digest}"
        if not shared.exists():
            self._unpack(shared)
        archive.unlink()
        target.rmdir()
        target.symlink_to(shared)

    def _unpack(self, shared: Path) -> None:
        draft = Path(tempfile.mkdtemp(dir=shared.parent, prefix="unpacking-"))
        try:
            super().extractall(draft)
            draft.rename(shared)
        except OSError:
            if not shared.exists():
                raise
            # Another environment was faster.
        finally:
            shutil.rmtree(draft, ignore_errors=True)
