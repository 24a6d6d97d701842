"""A real Prometheus of a time that is past: scrapes become blocks, rules are evaluated over them, alerts are asked for."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

from local.state import LOOPBACK, free_port
from scripts.generate.__main__ import ROOT
from scripts.observe import running, wait_until_ready

RULES: Final = ROOT / "monitoring/prometheus/alert-rules.yaml"
_BINARIES: Final = Path(sys.executable).parent


class PastPrometheus:
    """Rules are evaluated every ``every``. A series that a rule no longer records has ended: a server marks that, backfilling
    does not, so nothing is looked at that is older than one evaluation."""

    def __init__(self, folder: Path, every: timedelta) -> None:
        self._every = f"{every.total_seconds():.0f}s"
        self._folder = folder
        self._data = folder / "data"
        self._configuration = folder / "prometheus.yml"
        self._configuration.write_text(f"rule_files:\n  - {RULES}\n")

    def take(self, scrapes: Iterable[tuple[datetime, str]]) -> None:
        """OpenMetrics text by the moment at which it was scraped, oldest first."""
        file = self._folder / "scrapes.txt"
        with file.open("w") as out:
            for at, text in scrapes:
                lines = (line for line in text.splitlines() if not line.startswith("#"))
                out.writelines(f"{line} {at.timestamp():.0f}\n" for line in lines)
            out.write("# EOF\n")
        self._promtool("openmetrics", str(file), str(self._data))

    def record(self, start: datetime, end: datetime, depth: int = 2) -> None:
        """What the recording rules say. Those that use recorded series need them first: one round for each depth."""
        for _ in range(depth):
            with self.served() as url:
                self._promtool(
                    "rules", f"--start={start.timestamp():.0f}", f"--end={end.timestamp():.0f}",
                    f"--eval-interval={self._every}", f"--url={url}", f"--output-dir={self._data}", str(RULES),
                )  # fmt: skip

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its address, until the block ends."""
        address, log = f"{LOOPBACK}:{free_port()}", self._folder / "prometheus.log"
        command = [
            str(_BINARIES / "prometheus"), f"--config.file={self._configuration}", f"--storage.tsdb.path={self._data}",
            f"--web.listen-address={address}", "--storage.tsdb.retention.time=100y",
            f"--query.lookback-delta={self._every}", "--log.level=warn",
        ]  # fmt: skip
        with running(command, log) as process:
            wait_until_ready("prometheus", f"http://{address}/-/ready", process, log)
            yield f"http://{address}"

    def _promtool(self, *arguments: str) -> None:
        command = [str(_BINARIES / "promtool"), "tsdb", "create-blocks-from", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def alerts(url: str) -> Mapping[str, str]:
    """The expression of each alert, as the server has read it from the committed rules."""
    groups = _get(f"{url}/api/v1/rules?type=alert")["groups"]
    return {rule["name"]: rule["query"] for group in groups for rule in group["rules"]}


def holds(url: str, expression: str, moments: list[datetime]) -> set[datetime]:
    """Those of evenly spaced moments at which an expression gives anything."""
    every = moments[1] - moments[0]
    asked = {
        "query": expression, "start": f"{moments[0].timestamp():.0f}", "end": f"{moments[-1].timestamp():.0f}",
        "step": f"{every.total_seconds():.0f}",
    }  # fmt: skip
    series = _get(f"{url}/api/v1/query_range?{urlencode(asked)}")["result"]
    found = {float(at) for one in series for at, _ in one["values"]}
    return {moment for moment in moments if moment.timestamp() in found}


def _get(url: str) -> Any:
    with urlopen(url, timeout=60) as answer:  # noqa: S310 -- our own address
        return json.load(answer)["data"]
