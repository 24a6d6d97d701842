"""`python -m local.web`: build the console and the tracker, if anything that enters them has changed."""

import sys

from local.commands import run
from local.digest import digest_of
from local.progress import step
from local.state import ROOT, LocalError

BUILT = ROOT / "web/dist"


def build_web() -> None:
    kept = ROOT / "build/web.digest"
    digest = digest_of(["web", "package-lock.json"])
    if BUILT.exists() and kept.exists() and kept.read_text() == digest:
        return
    kept.parent.mkdir(exist_ok=True)
    with step("npm run build: building the console and the tracker"):
        run([str(ROOT / ".venv/bin/npm"), "run", "build", "-w", "web"], kept.with_name("web.log"), {})
    kept.write_text(digest)


def main() -> None:
    try:
        build_web()
    except LocalError as error:
        sys.exit(f"\nFAILED: {error}")


if __name__ == "__main__":
    main()
