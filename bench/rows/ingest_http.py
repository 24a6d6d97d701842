"""Events over HTTP: the API under uvicorn; Valkey has each request on the disk before it is acknowledged."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from bench.api_server import api_server
from bench.bundle import MeasuringFailed
from bench.context import Context
from bench.figures import milliseconds, times, whole
from bench.outcome import Outcome
from bench.peers import UMAMI
from bench.servers import Servers
from local.state import ROOT
from shared.collection.stream import STREAM

CONNECTIONS: Final = 16
SINGLE_TO_UMAMI: Final = 5
P99_TO_UMAMI: Final = 0.5
BATCH_TO_UMAMI: Final = 100
MARGIN_SECONDS: Final = 60
APPEND_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Found:
    """What the load generator reports, and how many appends the same disk takes from one connection alone."""

    load: dict[str, Any]
    appends_per_second: float
    lost: int

    @property
    def problem(self) -> str:
        if self.lost:
            return f"WRONG: {whole(self.lost)} acknowledged requests are not in the stream"
        failed = self.load["refused"] + self.load["broken"]
        return f"{whole(failed)} requests failed: {self.load['problem']}" if failed else ""

    @property
    def note(self) -> str:
        share = self.load["requests_per_second"] / self.load["ceiling"]
        return (
            f"the generator can do {whole(self.load['ceiling'])} requests/s ({share:.0%} used); "
            f"Valkey alone {whole(self.appends_per_second)} durable appends/s from one connection"
        )


def measure_single(context: Context) -> Iterator[Outcome]:
    found = _load(context, "p09")
    rate, p99 = found.load["requests_per_second"], found.load["p99"]
    rate_ratio, p99_ratio = rate / UMAMI.requests_per_second, p99 / UMAMI.p99_seconds
    yield Outcome(
        row="ingest_single",
        what=f"ingest over HTTP, one event per request, {CONNECTIONS} connections",
        target=f"≥ {SINGLE_TO_UMAMI} x {UMAMI.name}'s {whole(UMAMI.requests_per_second)}/s, "
        f"p99 ≤ {P99_TO_UMAMI:g} x its {milliseconds(UMAMI.p99_seconds)}",
        measured=f"{whole(rate)} requests/s, p50 {milliseconds(found.load['p50'])}, p99 {milliseconds(p99)}",
        ratio=f"{times(rate_ratio)}, p99 {times(p99_ratio)}",
        met=rate_ratio >= SINGLE_TO_UMAMI and p99_ratio <= P99_TO_UMAMI and not found.problem,
        note=found.problem or found.note,
        figures=_figures(found),
    )


def measure_batch(context: Context) -> Iterator[Outcome]:
    found = _load(context, "p09-batch")
    rate = found.load["events_per_second"]
    ratio = rate / UMAMI.batch_events_per_second
    yield Outcome(
        row="ingest_batch",
        what=f"ingest over HTTP, batches of 100, {CONNECTIONS} connections",
        target=f"≥ {BATCH_TO_UMAMI} x {UMAMI.name}'s {whole(UMAMI.batch_events_per_second)} events/s",
        measured=f"{whole(rate)} events/s, p99 {milliseconds(found.load['p99'])}",
        ratio=times(ratio),
        met=ratio >= BATCH_TO_UMAMI and not found.problem,
        note=found.problem or found.note,
        figures=_figures(found),
    )


def _load(context: Context, shape: str) -> Found:
    servers = context.servers
    servers.empty()
    appends = _appends_per_second(servers)
    site = servers.add_site()
    with api_server(servers) as base_url:
        command = [
            *(sys.executable, "-m", "bench.load", "--json", "--base-url", base_url, "--shape", shape),
            *("--connections", str(CONNECTIONS), "--seconds", str(context.seconds)),
            *("--header", f"Authorization: Bearer {site.write_key}"),
        ]
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=context.seconds + MARGIN_SECONDS,
            check=False,
        )
    if done.returncode:
        raise MeasuringFailed(f"the load generator failed: {done.stderr[-2000:]}")
    load = json.loads(done.stdout)
    return Found(load, appends, max(0, load["confirmed"] - servers.valkey().run("XLEN", STREAM)))


def _appends_per_second(servers: Servers) -> float:
    valkey = servers.valkey()
    begun = perf_counter()
    count = 0
    while perf_counter() - begun < APPEND_SECONDS:
        valkey.run("XADD", "bench", "*", "rows", b"x" * 200)
        count += 1
    valkey.run("DEL", "bench")
    return count / (perf_counter() - begun)


def _figures(found: Found) -> dict[str, float]:
    names = (
        "requests_per_second",
        "events_per_second",
        "p50",
        "p99",
        "accepted",
        "refused",
        "broken",
        "ceiling",
    )
    return {name: found.load[name] for name in names} | {"appends_per_second": found.appends_per_second}
