"""`make observe`: a real Prometheus and Alertmanager beside the local system, with the committed rules. Ctrl-C stops both."""

import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from local.state import LOOPBACK, default_state, free_port
from scripts.generate import prometheus
from scripts.generate.__main__ import ROOT
from shared.runbook.load import the_runbook
from shared.runbook.model import Runbook

ALERTMANAGER: Final = ROOT / "monitoring/alertmanager/alertmanager.yml"
READY_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.1


class NotStarted(Exception):
    """One of the two did not come up; the message says which, and its last words."""


@dataclass(frozen=True, kw_only=True)
class Observing:
    prometheus: str
    alertmanager: str


def beside(runbook: Runbook, url: str, alertmanager: str, every: timedelta | None = None) -> Runbook:
    """The runbook whose Prometheus scrapes a system at ``url`` and hands its alerts to ``alertmanager``."""
    place = urlsplit(url)
    changed: Mapping[str, object] = {"target": place.netloc, "scheme": place.scheme, "alertmanager": alertmanager}
    source = runbook.prometheus.model_copy(
        update={**changed, "scrape_interval": every or runbook.prometheus.scrape_interval}
    )
    return runbook.model_copy(update={"prometheus": source})


@contextmanager
def observe(binaries: Path, folder: Path, url: str, every: timedelta | None = None) -> Iterator[Observing]:
    """Both run, and are ready, until the block ends. What they write lies in ``folder``. Raises NotStarted."""
    ports = [free_port(), free_port()]
    own, alertmanager = (f"{LOOPBACK}:{port}" for port in ports)
    runbook = beside(the_runbook(), url, alertmanager, every)
    (folder / "prometheus.yml").write_text(prometheus.scrape_config(runbook))
    (folder / "alert-rules.yaml").write_text(prometheus.rules(runbook))
    commands = {
        "prometheus-alertmanager": [
            f"--config.file={ALERTMANAGER}", f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={alertmanager}", "--cluster.listen-address=", "--log.level=warn",
        ],
        "prometheus": [
            f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address={own}", "--storage.tsdb.retention.time=35d", "--log.level=warn",
        ],
    }  # fmt: skip
    with ExitStack() as stack:
        for (name, options), address in zip(commands.items(), (alertmanager, own), strict=True):
            log = folder / f"{name}.log"
            process = stack.enter_context(running([str(binaries / name), *options], log))
            wait_until_ready(name, f"http://{address}/-/ready", process, log)
        yield Observing(prometheus=f"http://{own}", alertmanager=f"http://{alertmanager}")


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program until the block ends; what it says is in ``log``."""
    with log.open("wb") as output:
        # In a session of its own: Ctrl-C is ours, and it is stopped in its turn.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def wait_until_ready(name: str, url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises NotStarted."""
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotStarted(f"{name} did not start: {log.read_text(errors='replace').strip()[-500:]}")
        time.sleep(_POLL_SECONDS)


def _answers(url: str) -> bool:
    try:
        urlopen(url, timeout=2).close()  # noqa: S310 -- our own address
    except (URLError, OSError):
        return False
    return True


def main() -> None:
    system = default_state().system()
    if system is None:
        sys.exit("nothing runs here: `make run` starts the system")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with (
            tempfile.TemporaryDirectory(prefix="observe-") as folder,
            observe(Path(sys.executable).parent, Path(folder), system["url"]) as found,
        ):
            print(f"Prometheus    {found.prometheus}/alerts")
            print(f"Alertmanager  {found.alertmanager}")
            print(f"They watch {system['url']}/metrics; Ctrl-C stops them.", flush=True)
            stopped.wait()
    except NotStarted as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
