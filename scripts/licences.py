"""Is everything that we ship under a licence that requirements/licences.toml allows? Asks no registry."""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SHIPPED: Final = ("collect.txt", "query.txt", "runtime.txt")  # the locks of the layers: infra/assets.py
_PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_BETWEEN: Final = re.compile(r"\s+(?:AND|OR)\s+")


def main() -> int:
    rules = tomllib.loads((ROOT / "requirements" / "licences.toml").read_text(encoding="utf-8"))
    python = {name: licence for lock in SHIPPED for name, licence in python_licences(ROOT / "requirements" / lock)}
    shipped = [*python.items(), *npm_licences(ROOT / "package-lock.json")]
    refused = list(not_allowed(shipped, set(rules["allowed"]), set(rules["exceptions"])))
    for line in refused:
        print(line, file=sys.stderr)
    print(f"{len(shipped)} packages are shipped, {len(refused)} under a licence that is not allowed")
    return 1 if refused else 0


def not_allowed(shipped: list[tuple[str, str]], allowed: set[str], exceptions: set[str]) -> Iterator[str]:
    """Where a package names several licences all of them must be allowed, whichever we would choose."""
    for name, licence in shipped:
        # Brackets hold an expression together; names of licences hold some of their own.
        parts = {part for part in _BETWEEN.split(re.sub(r"^\((.*)\)$", r"\1", licence)) if part}
        if name not in exceptions and (not parts or parts - allowed):
            yield f"{name}: {licence or 'says no licence'}: allow it in requirements/licences.toml, or do without it"
    for name in sorted(exceptions - {name for name, _ in shipped}):
        yield f"{name}: is not shipped any more: take its exception out of requirements/licences.toml"


def python_licences(lock: Path) -> Iterator[tuple[str, str]]:
    """Of what is locked, by name; what this platform does not install is not looked at."""
    for name in _PINNED.findall(lock.read_text(encoding="utf-8")):
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        classifiers = [one.rsplit(" :: ", 1)[1] for one in found.get_all("Classifier", []) if one.startswith("License")]
        said = next((found[key] for key in ("License-Expression", "License") if key in found), "")
        yield name, said if "License-Expression" in found else " AND ".join(classifiers) or said


def npm_licences(lock: Path) -> Iterator[tuple[str, str]]:
    for path, package in json.loads(lock.read_text(encoding="utf-8"))["packages"].items():
        if path.startswith("node_modules/") and not package.get("dev") and not package.get("link"):
            yield path.rsplit("node_modules/", 1)[1], str(package.get("license", ""))


if __name__ == "__main__":
    sys.exit(main())
