"""Headless Chromium from the npm package `@sparticuz/chromium`: a machine needs no browser of its own."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from local.state import ROOT, LocalError

_PACKAGE = ROOT / "node_modules/@sparticuz/chromium"
# The package unpacks the libraries that a bare machine lacks only where it believes to run on Lambda.
_UNPACK = "import chromium from '@sparticuz/chromium'; console.log(await chromium.executablePath())"
_ARGUMENTS = (
    *("--no-sandbox", "--no-zygote", "--disable-setuid-sandbox"),  # as root, in containers
    *("--disable-gpu", "--disable-software-rasterizer"),  # to do a GPU's work costs the processor three times as much
    *("--font-render-hinting=none", "--disable-dev-shm-usage"),
    # A person's browser: one that calls itself headless is a bot, whose visits are counted apart.
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36",
)

# The package's own configuration looks for its fonts where Lambda unpacks them; without any, a page with a form field crashes.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts/fonts</dir><cachedir>{folder}/fonts/cache</cachedir></fontconfig>
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; its pages see real origins, cookies and CORS."""
    folder = unpacked()
    variables = {
        "FONTCONFIG_FILE": str(_fonts(folder)),
        "LD_LIBRARY_PATH": str(folder / "al2023/lib"),
        "HOME": str(folder),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=folder / "chromium", args=list(_ARGUMENTS), env=dict(variables), timeout=60_000
        )
        try:
            yield browser
        finally:
            browser.close()


def _fonts(folder: Path) -> Path:
    """The configuration that says where the package's one font lies."""
    file = folder / "fonts-here.conf"
    if not file.exists():
        draft = Path(tempfile.mkdtemp(dir=folder, prefix="fonts-")) / file.name
        draft.write_text(_FONTS.format(folder=folder))
        draft.rename(file)
        draft.parent.rmdir()
    return file


def unpacked() -> Path:
    """Folder with the browser and its libraries; unpacked once for each version of the package."""
    if not _PACKAGE.exists():
        raise LocalError("Chromium is not installed: `make setup` brings it (npm package @sparticuz/chromium).")
    version = json.loads((_PACKAGE / "package.json").read_text())["version"]
    folder = ROOT / "build" / f"chromium-{version}"
    if folder.exists():
        return folder
    folder.parent.mkdir(exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="chromium-unpacking-"))
    variables = [f"TMPDIR={draft}", "AWS_EXECUTION_ENV=AWS_Lambda_nodejs24.x"]
    node = [str(ROOT / ".venv/bin/node"), "--input-type=module", "--eval", _UNPACK]
    done = subprocess.run(["env", *variables, *node], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(draft)
        raise LocalError(f"Chromium could not be unpacked into {folder.parent}:\n{done.stderr}")
    try:
        draft.rename(folder)  # at once: another process may be unpacking as well
    except OSError:
        shutil.rmtree(draft)
    return folder
