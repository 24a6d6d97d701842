"""The questions that an on-call person asks of the logs, saved in CloudWatch Logs Insights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.assets import ROOT
from infra.constructs.cold_start import STAGING

if TYPE_CHECKING:
    from infra.constructs.platform import Platform

# A folder with settings is a function; staging has second ones of two.
FUNCTIONS = sorted([*(path.parent.name for path in (ROOT / "functions").glob("*/settings.py")), *STAGING])
# By which name the question is found: log lines that it is asked of (the access log, or functions), and the query.
ACCESS_LOG_QUERIES = {
    "Which routes fail": """
        filter status >= 500
        | stats count(*) as errors, max(@timestamp) as last by method, path, status, integrationError
        | sort errors desc""",
    "Which requests are slower than the target": """
        filter responseLatency > {target_ms}
        | stats count(*) as slow, pct(responseLatency, 50) as median_ms, max(responseLatency) as slowest_ms
          by method, path
        | sort slow desc""",
    "Is it us or the gateway": """
        filter status >= 500
        | stats count(*) as errors by integrationStatus, integrationError, bin(5m)""",
    "Who is refused, and why": """
        filter status >= 400 and status < 500
        | stats count(*) as refused by status, method, path
        | sort refused desc""",
}
FUNCTION_QUERIES = {
    "The whole story of one request": """
        fields @timestamp, service, level, message, @log
        | filter correlation_id = "PASTE THE REQUEST ID" or @requestId = "PASTE THE REQUEST ID"
        | sort @timestamp asc""",
    "Which errors are new": """
        filter level in ["ERROR", "CRITICAL"]
        | stats count(*) as times, min(@timestamp) as first, max(@timestamp) as last by service, message
        | sort first desc""",
    "What crashed, timed out or ran out of memory": """
        filter @message like /Task timed out after|Runtime\\.OutOfMemory|Runtime\\.ExitError|Status: error/
          or record.status in ["timeout", "error", "failure"]
        | fields @timestamp, @log, @requestId, @message
        | sort @timestamp desc""",
    "How often do functions start cold": """
        filter @type = "REPORT"
        | stats count(*) as runs, count(@initDuration) as cold_starts, max(@initDuration) as slowest_start_ms,
          pct(@duration, 95) as p95_ms by @log""",
    "Which function is short of memory": """
        filter @type = "REPORT"
        | stats max(@maxMemoryUsed / @memorySize) * 100 as memory_percent by @log
        | sort memory_percent desc""",
    "Is the stream being drained": """
        filter service = "ingest_worker"
        | stats sum(new) as stored, sum(repeated) as repeated, sum(failed) as failed, sum(dead) as dead,
          max(stream_oldest_seconds) as oldest_seconds by bin(1m)""",
    "How was the KPI decided": """
        filter service = "kpi_evaluation"
        | fields @timestamp, level, message, kpi, verdict, why
        | sort @timestamp desc""",
}


class SavedQueries(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, platform: Platform) -> None:
        super().__init__(scope, construct_id)
        self._platform = platform
        stage = platform.stage
        target = platform.monitoring.runbook["kpis"]["latency"]["target_ms"]
        for name, query in ACCESS_LOG_QUERIES.items():
            self._save(name, query.replace("{target_ms}", str(target)), [stage.access_log_group()])
        for name, query in FUNCTION_QUERIES.items():
            self._save(name, query, [stage.log_group(function) for function in FUNCTIONS])

    def _save(self, name: str, query: str, log_groups: list[str]) -> None:
        words = "".join(word.capitalize() for word in name.replace(",", "").split())
        logs.CfnQueryDefinition(
            self,
            words,
            # The slash makes a folder of the stage in the console.
            name=f"{self._platform.stage.physical_name('operations')}/{name}",
            query_string="\n".join(line.strip() for line in query.strip().splitlines()),
            log_group_names=log_groups,
        )
