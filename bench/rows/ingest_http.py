"""Events over HTTP: the API under uvicorn; Valkey has each request on the disk before it is acknowledged."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

from bench.benched import COLLECT
from bench.bundle import MeasuringFailed
from bench.context import Context
from bench.figures import milliseconds, times, whole
from bench.http_server import function_server, http_server
from bench.outcome import Outcome
from bench.peers import UMAMI_ON_ANOTHER_DAY
from bench.rows import handler_cost
from bench.servers import Servers
from local.state import ROOT
from shared.collection.stream import STREAM

CONNECTIONS: Final = 16
SINGLE_PER_SECOND: Final = 2_800
SINGLE_P99_SECONDS: Final = 0.015
SINGLE_TO_ONLY_ACCEPTED: Final = 0.30
BATCH_TO_HANDLER: Final = 0.6
BATCH_WISH: Final = 120_000
MARGIN_SECONDS: Final = 60
APPEND_SECONDS: Final = 0.5

Load = dict[str, Any]
"""What the load generator reports."""


@dataclass(frozen=True)
class Found:
    """The load, and how many appends the same disk takes from one connection alone."""

    load: Load
    appends_per_second: float
    lost: int

    @property
    def problem(self) -> str:
        if self.lost:
            return f"WRONG: {whole(self.lost)} acknowledged requests are not in the stream"
        return _failures(self.load)

    @property
    def note(self) -> str:
        share = self.load["requests_per_second"] / self.load["ceiling"]
        return (
            f"the generator can do {whole(self.load['ceiling'])} requests/s ({share:.0%} used); "
            f"Valkey alone {whole(self.appends_per_second)} durable appends/s from one connection; {UMAMI_ON_ANOTHER_DAY}"
        )


def measure_single(context: Context) -> Iterator[Outcome]:
    found, least = _ours(context, "p09"), _only_accepted(context)
    rate, p99 = found.load["requests_per_second"], found.load["p99"]
    problem = found.problem or _failures(least)
    ratio = rate / (least["requests_per_second"] or math.inf)
    yield Outcome(
        row="ingest_single",
        what=f"ingest over HTTP, one event per request, {CONNECTIONS} connections",
        target=f"≥ {whole(SINGLE_PER_SECOND)}/s, p99 ≤ {milliseconds(SINGLE_P99_SECONDS)}, "
        f"≥ {SINGLE_TO_ONLY_ACCEPTED:.2f} x FastAPI that only answers 202",
        measured=f"{whole(rate)} requests/s, p50 {milliseconds(found.load['p50'])}, p99 {milliseconds(p99)}",
        ratio=times(ratio),
        met=rate >= SINGLE_PER_SECOND
        and p99 <= SINGLE_P99_SECONDS
        and ratio >= SINGLE_TO_ONLY_ACCEPTED
        and not problem,
        note=f"only 202: {whole(least['requests_per_second'])} requests/s; {found.note}",
        problem=problem,
        figures=_figures(found.load)
        | {"appends_per_second": found.appends_per_second, "only_202_per_second": least["requests_per_second"]},
    )
    yield from umami(context, "ingest_single", "umami", "requests_per_second", rate)


def measure_batch(context: Context) -> Iterator[Outcome]:
    handler = context.once(handler_cost.events_per_second)["handler"]
    found = _ours(context, "p09-batch")
    rate = found.load["events_per_second"]
    yield Outcome(
        row="ingest_batch",
        what=f"ingest over HTTP, batches of 100, {CONNECTIONS} connections",
        target=f"≥ {BATCH_TO_HANDLER} x the handler's rate (wish: {whole(BATCH_WISH)} events/s)",
        measured=f"{whole(rate)} events/s, p99 {milliseconds(found.load['p99'])}",
        ratio=times(rate / handler),
        met=rate >= BATCH_TO_HANDLER * handler and not found.problem,
        note=f"handler alone: {whole(handler)} events/s; {found.note}",
        problem=found.problem,
        figures=_figures(found.load)
        | {"appends_per_second": found.appends_per_second, "handler_events_per_second": handler},
    )
    yield from umami(context, "ingest_batch", "umami-batch", "events_per_second", rate)


def umami(context: Context, row: str, shape: str, unit: str, ours: float) -> Iterator[Outcome]:
    """Umami beside ours, on the same machine in the same minutes, if it runs somewhere."""
    if context.umami is None:
        return
    load = _load(context, context.umami.base_url, shape, "--site", context.umami.site)
    yield Outcome(
        row=row,
        what=f"Umami beside it, {shape}",
        measured=f"{whole(load[unit])}/s, p99 {milliseconds(load['p99'])}",
        ratio=times(ours / (load[unit] or math.inf)),
        note="ours divided by its figure",
        problem=_failures(load),
        figures=_figures(load),
    )


def _ours(context: Context, shape: str) -> Found:
    servers = context.servers
    servers.empty()
    appends = _appends_per_second(servers)
    site = servers.add_site()
    with function_server(COLLECT, servers) as base_url:
        load = _load(context, base_url, shape, "--header", f"Authorization: Bearer {site.write_key}")
    with servers.valkey() as valkey:
        return Found(load, appends, max(0, load["confirmed"] - valkey.run("XLEN", STREAM)))


def _only_accepted(context: Context) -> Load:
    with http_server("inside.only_accepted:app", {}) as base_url:
        return _load(context, base_url, "p09")


def _load(context: Context, base_url: str, shape: str, *options: str) -> Load:
    size = context.size
    given: Sequence[str] = (
        *("--json", "--base-url", base_url, "--shape", shape, "--connections", str(CONNECTIONS)),
        *("--seconds", str(size.seconds), "--warm-up", str(size.warm_up_seconds), *options),
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=size.seconds + MARGIN_SECONDS,
        check=False,
    )
    if done.returncode:
        raise MeasuringFailed(f"the load generator failed: {done.stderr[-2000:]}")
    load: Load = json.loads(done.stdout)
    return load


def _failures(load: Load) -> str:
    failed = load["refused"] + load["broken"]
    if not load["accepted"]:
        return f"no request was accepted: {load['problem'] or 'none was answered in time'}"
    return f"{whole(failed)} requests failed: {load['problem']}" if failed else ""


def _appends_per_second(servers: Servers) -> float:
    count = 0
    with servers.valkey() as valkey:
        begun = perf_counter()
        while perf_counter() - begun < APPEND_SECONDS:
            valkey.run("XADD", "bench", "*", "rows", b"x" * 200)
            count += 1
        rate = count / (perf_counter() - begun)
        valkey.run("DEL", "bench")
    return rate


def _figures(load: Load) -> dict[str, float]:
    names = ("requests_per_second", "events_per_second", "p50", "p99", "accepted", "refused", "broken", "ceiling")
    return {name: load[name] for name in names}
