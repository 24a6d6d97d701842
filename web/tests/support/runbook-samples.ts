import type { Schema } from "../../src/api/client";

type Task = Schema["TaskRow"];
type Summary = Schema["RunSummary"];
type Run = Schema["RunView"];

export const DAY = "2026-11-23";
export const NOW = "2026-11-23T16:10:00Z";

export function runOf(task: string, at: string, change: Partial<Summary> = {}): Summary {
  return {
    id: `${task}-${at.replaceAll(/[-:]/g, "")}`,
    task,
    kind: "scheduled",
    state: "passed",
    scheduled_for: at,
    by: "",
    reason: "",
    attempt: 1,
    late: false,
    started_at: at,
    finished_at: at,
    seconds: 2.4,
    why: "All is as it should be.",
    ...change,
  };
}

function taskOf(id: string, hour: number, change: Partial<Task>): Task {
  const due = `${DAY}T${String(hour).padStart(2, "0")}:00:00Z`;
  return {
    id,
    title: id,
    responsible: "On-call SRE",
    tooling: "",
    hour,
    weekday: null,
    grace_seconds: 900,
    due_at: due,
    state: change.run?.state ?? "upcoming",
    hint: change.run ? "" : `Starts at ${String(hour).padStart(2, "0")}:00`,
    run: null,
    manual_runs: [],
    ...change,
  };
}

export const HEALTH = taskOf("health_check", 2, {
  title: "Verify API health endpoints (`/health`, `/health/db`, `/health/redis`)",
  tooling: "`scripts/test/smoke-tests.sh`",
  run: runOf("health_check", `${DAY}T02:00:00Z`, {
    why: "5 checks passed; an event was seen in a query after 1.8 s.",
  }),
});

export const BUDGET = taskOf("error_budget_review", 8, {
  title: "Review error budget burn-down chart",
  responsible: "Product SRE",
  tooling: "Grafana",
  run: runOf("error_budget_review", `${DAY}T08:00:00Z`, {
    state: "failed",
    seconds: 3.1,
    why: "p95 latency has 11% of its error budget left, less than 25%.",
  }),
});

export const REDIS = taskOf("redis_memory", 12, {
  title: "Check Redis memory usage (< 70% threshold)",
  responsible: "Backend Engineer",
  tooling: "`redis-cli info memory`",
  run: runOf("redis_memory", `${DAY}T12:00:00Z`, {
    state: "unconfigured",
    why: "maxmemory is 0: what is used is judged by the host, of which nothing is known here.",
  }),
  manual_runs: [
    runOf("redis_memory", `${DAY}T13:20:05Z`, {
      kind: "manual",
      id: "redis_memory-20261123T132005Z-manual",
      by: "grace",
      reason: "After maxmemory was set",
      why: "41% of the memory is used.",
    }),
  ],
});

export const BACKUP = taskOf("backup_verification", 16, {
  title: "Confirm nightly backup of PostgreSQL succeeded",
  responsible: "DBA",
  tooling: "AWS Backup report",
  grace_seconds: 1800,
  state: "due",
  hint: "Due; it counts as missed after 30 minutes",
});

export const PIPELINE = taskOf("pipeline_review", 20, {
  title: "Inspect deployment pipeline results for regressions",
  responsible: "Dev Lead",
  tooling: "GitHub Actions",
});

export const SNAPSHOT = taskOf("valkey_snapshot", 3, {
  title: "Export a Redis snapshot for audit",
  responsible: "DBA",
  weekday: "Sunday",
  due_at: null,
  state: "not due",
  hint: "Sundays at 03:00",
});

export const EXPORT = taskOf("evidence_export", 1, {
  title: "Export and sign the evidence of the day before",
  responsible: "Auditor",
  tooling: "`p09 evidence verify`",
  run: runOf("evidence_export", `${DAY}T01:00:00Z`, {
    state: "missed",
    started_at: null,
    finished_at: null,
    seconds: null,
    why: "It left no record until 01:30 UTC: its schedule did not invoke it, or it never began.",
  }),
});

export const TABLE: Schema["RunbookDay"] = {
  date: DAY,
  now: NOW,
  installed_at: "2026-11-01T09:30:00Z",
  tasks: [EXPORT, HEALTH, SNAPSHOT, BUDGET, REDIS, BACKUP, PIPELINE],
  schedules: [
    { id: "kpi_evaluation", title: "Evaluate the KPIs", hour: null, weekday: null, every_seconds: 300 },
    { id: "probes", title: "Probe the health endpoints", hour: null, weekday: null, every_seconds: 60 },
    {
      id: "restore_drill",
      title: "Restore the latest backup",
      hour: 4,
      weekday: "Wednesday",
      every_seconds: null,
    },
  ],
  components: [
    { id: "console", title: "Console", description: "Signing in and looking at dashboards" },
    { id: "collection", title: "Event collection", description: "The tracker and the API" },
    { id: "analytics", title: "Analytics", description: "Queries" },
  ],
};

/** The daily runs until `run`, newest first: one failed, one took longer. */
export function historyOf(run: Summary, count: number): Summary[] {
  const end = Date.parse(run.scheduled_for);
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(end - index * 86_400_000).toISOString().replace(".000Z", "Z");
    if (index === 0) return run;
    if (index === 4)
      return runOf(run.task, at, { state: "failed", seconds: 9.5, why: "/health/db timed out." });
    return runOf(run.task, at, { seconds: 1.5 + (index % 3) });
  });
}

export function evidenceOf(run: Summary): Run {
  return {
    ...run,
    measured: {
      availability: 0.6242,
      latency: 0.11,
      error_rate: null,
      budgets: [{ kpi: "latency", bad: 2814 }],
    },
    thresholds: { minimum_remaining: 0.25 },
    inputs: { "report.json": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
    links: {
      console: "https://app.example.com/operations/kpis",
      report: "s3://p09-reports/2026/11/23/report.json",
    },
  };
}
