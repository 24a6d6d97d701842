"""What the pipeline reports of the steps of a change, as its scripts write it."""

from datetime import UTC, datetime
from typing import Any

from shared.platform.moments import stamp
from shared.runbook.load import the_runbook

ADDRESS = "https://staging.example.com"
CHECKS = ("console", *the_runbook().tasks.health_check.paths, "canary")


def checks(**results: str) -> list[dict[str, Any]]:
    """All passed, but those named."""
    return [
        {"check": name, "result": results.get(name, "passed"), "why": f"{name} answered", "milliseconds": 12.5}
        for name in CHECKS
    ]


def snapshot(*, p95: float = 40.0, failed: int = 0, at: datetime | None = None, **others: Any) -> dict[str, Any]:
    figures = {"requests": 300, "failed": failed, "p50": 10.0, "p95": p95, "p99": p95}
    found: dict[str, Any] = {
        "address": ADDRESS, "at": stamp(at or datetime.now(UTC)), "per_second": 10, "seconds": 30, "all": figures,
        "kinds": {"event": figures}, "throughput": 10.0, "problems": {},
    }  # fmt: skip
    return found | others


def report(step: str, digest: str, *, passed: bool = True, why: str = "well", **figures: Any) -> dict[str, Any]:
    """With the figures that the step takes, if no others are given."""
    run = {"id": "7", "url": "https://github.com/acme/shop/actions/runs/7"}
    usual: dict[str, dict[str, Any]] = {
        "smoke": {"checks": checks()}, "verified": {"checks": checks()}, "load_snapshot": {"snapshot": snapshot()},
    }  # fmt: skip
    return {"step": step, "digest": digest, "passed": passed, "why": why, "run": run} | (figures or usual.get(step, {}))
