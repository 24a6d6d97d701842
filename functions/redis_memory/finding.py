"""The finding of the 12:00 task. Pure: what was read, what was judged, and what is kept of both."""

from collections.abc import Sequence
from typing import Any, Final

from shared.health.redis_memory import SECTIONS, Assessment, Memory, Thresholds, describe
from shared.platform.moments import stamp
from shared.runbook.model import Runbook
from shared.runbook.run import Finding, Verdict, digest

MIB: Final = 2**20


def thresholds_of(runbook: Runbook) -> Thresholds:
    task = runbook.tasks.redis_memory
    return Thresholds(
        below=float(task.below_percent / 100), maximum_fragmentation=float(task.maximum_fragmentation),
        fragmentation_matters_from=int(task.fragmentation_matters_from_mib * MIB),
        maximum_evictions=task.maximum_evictions,
    )  # fmt: skip


def finding(texts: Sequence[bytes], memory: Memory, found: Assessment, thresholds: Thresholds) -> Finding:
    """``texts`` are the sections as the server wrote them."""
    return Finding(
        verdict=_verdict(found), why=describe(memory, found), measured=_measured(memory, found),
        thresholds=_shown(thresholds),
        inputs={f"INFO {section}": digest(text) for section, text in zip(SECTIONS, texts, strict=True)},
    )  # fmt: skip


def failure(why: str, thresholds: Thresholds) -> Finding:
    return Finding(verdict=Verdict.FAILED, why=why[:1000], thresholds=_shown(thresholds))


def _verdict(found: Assessment) -> Verdict:
    if found.faults:
        return Verdict.FAILED
    return Verdict.UNCONFIGURED if found.unconfigured else Verdict.PASSED


def _measured(memory: Memory, found: Assessment) -> dict[str, Any]:
    return {
        "used_share": round(memory.share, 6), "used_bytes": memory.used, "maxmemory_bytes": memory.maximum,
        "host_bytes": memory.host, "fragmentation_ratio": memory.fragmentation_ratio,
        "fragmentation_bytes": memory.fragmentation, "evicted_keys": memory.evicted,
        "evicted_since_last_run": found.evictions, "append_only_file": memory.append_only,
        "replicas": memory.replicas, **memory.statuses, "loading": memory.loading, "server": memory.server,
        "restarted_since_last_run": found.restarted,
        "threshold_reached_at": stamp(found.reached_at) if found.reached_at else None,
    }  # fmt: skip


def _shown(thresholds: Thresholds) -> dict[str, Any]:
    return {
        "used_share_below": thresholds.below, "maximum_fragmentation_ratio": thresholds.maximum_fragmentation,
        "fragmentation_matters_from_bytes": thresholds.fragmentation_matters_from,
        "maximum_evictions": thresholds.maximum_evictions,
    }  # fmt: skip
