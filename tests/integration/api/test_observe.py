"""A real Prometheus and Alertmanager with the committed configuration, on the API's own /metrics."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from scripts.generate.__main__ import ROOT
from scripts.observe import NotStarted, observe
from shared.kpi.counted import Counted
from shared.kpi.counts import Counts
from tests.integration.api.conftest import Api
from tests.servers import HOST

BINARIES = Path(sys.executable).parent
DASHBOARD = json.loads((ROOT / "monitoring/grafana/P09-Operations.json").read_text())
QUERIES = [
    (panel["title"], target["expr"])
    for panel in DASHBOARD["panels"]
    if panel["type"] != "row"
    for target in panel["targets"]
]
EVERY = timedelta(seconds=1)


@contextmanager
def _served(metrics: Callable[[], str]) -> Iterator[str]:
    class Exporter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the base class's name for it
            body = metrics().encode()
            self.send_response(200)
            self.send_header("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = HTTPServer((HOST, 0), Exporter)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _ask(url: str, path: str, **parameters: str) -> Any:
    with urlopen(f"{url}/api/{path}?{urlencode(parameters)}", timeout=20) as answer:  # noqa: S310 -- our own address
        return json.load(answer)


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come about"
        time.sleep(0.2)


def test_targets_are_up_rules_load_and_every_query_of_the_dashboard_has_data(api: Api, tmp_path: Path) -> None:
    day = datetime.now(UTC)
    asked = 0

    def metrics() -> str:
        nonlocal asked
        asked += 1
        counts = Counts(requests=1000 * asked, latencies={100: 900 * asked}, long=100 * asked)
        api.services.counted = Counted(lambda _since: {day: counts})
        api.call("GET", "/health")
        return str(api.call("GET", "/metrics").text)

    with _served(metrics) as url, observe(BINARIES, tmp_path, url, EVERY) as found:
        rules = _ask(found.prometheus, "v1/rules")["data"]["groups"][0]["rules"]
        committed = (ROOT / "monitoring/prometheus/alert-rules.yaml").read_text()
        assert len(rules) == committed.count("- record: ") + committed.count("- alert: ")
        managers = "v1/alertmanagers"
        _until(lambda: bool(_ask(found.prometheus, managers)["data"]["activeAlertmanagers"]), "the Alertmanager found")
        _until(lambda: _of(found.prometheus, 'up{job="p09"}') == ["1"], "the target up")
        missing = dict(QUERIES)

        def answered() -> bool:
            for title, query in QUERIES:
                if title in missing and _of(found.prometheus, query):
                    del missing[title]
            return not missing

        _until(answered, f"data for {missing}")
        assert all(rule["health"] == "ok" for rule in _ask(found.prometheus, "v1/rules")["data"]["groups"][0]["rules"])
        assert _ask(found.alertmanager, "v2/status")["config"]["original"].count("receiver: ") == 3
    with pytest.raises(OSError, match="refused"):
        urlopen(f"{found.prometheus}/-/ready", timeout=2)  # noqa: S310 -- our own address


def _of(prometheus: str, query: str) -> list[str]:
    return [one["value"][1] for one in _ask(prometheus, "v1/query", query=query)["data"]["result"]]


def test_what_does_not_start_is_said_with_its_last_words(tmp_path: Path) -> None:
    for name in ("prometheus", "prometheus-alertmanager"):
        (tmp_path / name).write_text("#!/bin/sh\necho no such option >&2\nexit 1\n")
        (tmp_path / name).chmod(0o700)
    with (
        pytest.raises(NotStarted, match="alertmanager did not start: no such option"),
        observe(tmp_path, tmp_path, "http://x"),
    ):
        pass
