import type { Schema } from "../../src/api/client";

type Kpi = Schema["KpiView"];
type BurnDown = Schema["BurnDownView"];

export const AT = "2026-11-23T12:05:00Z";
const MONTH = { name: "calendar month", start: "2026-11-01T00:00:00Z", end: AT } as const;
const HOUR = { name: "rolling hour", start: "2026-11-23T11:05:00Z", end: AT } as const;

const PAIRS = [
  { pair: "fast", severity: "page", factor: 14.4, long: "1h", short: "5m" },
  { pair: "steady", severity: "page", factor: 6, long: "6h", short: "30m" },
  { pair: "slow", severity: "ticket", factor: 3, long: "1d", short: "2h" },
  { pair: "creeping", severity: "ticket", factor: 1, long: "3d", short: "6h" },
] as const;

export const QUIET: Kpi["burn_alerts"] = PAIRS.map((pair, index) => ({
  ...pair,
  long_rate: 0.2 + index / 10,
  short_rate: index === 0 ? null : 0.1,
  judged: index > 0,
  firing: false,
}));

export const FIRING: Kpi["burn_alerts"] = QUIET.map((alert) =>
  alert.pair === "fast" || alert.pair === "steady"
    ? { ...alert, long_rate: 18.4, short_rate: 20, judged: true, firing: true }
    : alert,
);

export const AVAILABILITY: Kpi = {
  id: "availability",
  kind: "availability",
  title: "Availability",
  severity: "page",
  verdict: "met",
  target: {
    number: 99.9,
    unit: "percent",
    comparison: "at least",
    milliseconds: null,
    text: "99.9% of requests without a 5xx per calendar month",
  },
  value: { number: 99.9624, unit: "percent", text: "99.9624%" },
  window: MONTH,
  samples: 1_234_560,
  bad: 464,
  missing_slices: 3,
  excluded_slices: 12,
  excluded_minutes: 62,
  budget: {
    window: MONTH,
    samples: 1_234_560,
    bad: 464,
    allowed: 1234.56,
    consumed: 0.375842,
    remaining: 0.624158,
    judged: true,
    exhausted: false,
  },
  burn_alerts: QUIET,
  availabilities: {
    request: 0.999624,
    time_slice: 0.998765,
    slices: 6_480,
    bad_slices: 8,
    missing_slices: 3,
    probe: null,
    probe_runs: 0,
    probes_skipped: 0,
    probe_verdict: "no data",
  },
  quantile: null,
  why: "Met: 464 of 1,234,560 requests failed with a 5xx, 0.0376%, no more than the 0.1% allowed between 2026-11-01 00:00 and 2026-11-23 12:05 UTC; 15 minutes were not measured and 1 hour of planned maintenance do not count.",
  do: "Open the errors by route and the last deployments; roll back what went out since it began. If one dependency fails, see its health check. Keep the status page current.",
  review: "Product SRE",
  decision: "availability-20261123T120500Z",
};

export const LATENCY: Kpi = {
  ...AVAILABILITY,
  id: "latency",
  kind: "latency",
  title: "p95 latency",
  severity: "ticket",
  verdict: "breached",
  target: {
    number: 95,
    unit: "percent",
    comparison: "at least",
    milliseconds: 200,
    text: "95% of requests within 200 ms per rolling hour",
  },
  value: { number: 91.2, unit: "percent", text: "91.2%" },
  window: HOUR,
  samples: 1_500,
  bad: 132,
  missing_slices: 0,
  excluded_slices: 0,
  excluded_minutes: 0,
  budget: {
    window: MONTH,
    samples: 42_000,
    bad: 2_814,
    allowed: 2_100,
    consumed: 1.34,
    remaining: -0.34,
    judged: true,
    exhausted: true,
  },
  burn_alerts: FIRING,
  availabilities: null,
  quantile: { percentile: 95, milliseconds: 341.3, lower: 200, upper: 500 },
  why: "Breached: 132 of 1,500 requests took longer than 200 ms, 8.8%, more than the 5% allowed between 11:05 and 12:05 UTC on 2026-11-23 (p95 is about 341 ms, interpolated between 200 and 500 ms).",
  do: "Look at the latency by route: one slow route is a query or a dependency, all of them are cold starts, throttling or PostgreSQL. Compare with the last deployment and roll back if it began there.",
  decision: "latency-20261123T120500Z",
};

export const ERROR_RATE: Kpi = {
  ...AVAILABILITY,
  id: "error_rate",
  kind: "error_rate",
  title: "Error rate",
  verdict: "insufficient data",
  target: {
    number: 1,
    unit: "percent",
    comparison: "at most",
    milliseconds: null,
    text: "at most 1% of requests with a 5xx per rolling hour",
  },
  value: { number: 2.3256, unit: "percent", text: "2.3256%" },
  window: HOUR,
  samples: 43,
  bad: 1,
  missing_slices: 2,
  excluded_slices: 0,
  excluded_minutes: 0,
  budget: {
    window: HOUR,
    samples: 43,
    bad: 1,
    allowed: 0.43,
    consumed: 2.325581,
    remaining: -1.325581,
    judged: false,
    exhausted: false,
  },
  burn_alerts: [],
  availabilities: null,
  why: "Insufficient data: 43 requests were measured between 11:05 and 12:05 UTC on 2026-11-23, fewer than the 200 that a verdict needs; 10 minutes were not measured.",
  decision: "error_rate-20261123T120500Z",
};

export const INCIDENTS: Kpi = {
  ...AVAILABILITY,
  id: "incidents",
  kind: "incidents",
  title: "Customer-impacting incidents",
  severity: "ticket",
  verdict: "no data",
  target: {
    number: 2,
    unit: "incidents",
    comparison: "at most",
    milliseconds: null,
    text: "at most 2 per quarter",
  },
  value: null,
  window: { name: "calendar quarter", start: "2026-10-01T00:00:00Z", end: AT },
  samples: 0,
  bad: 0,
  missing_slices: 0,
  excluded_slices: 0,
  excluded_minutes: 0,
  budget: null,
  burn_alerts: [],
  availabilities: null,
  why: "No data: the number of customer-impacting incidents between 2026-10-01 00:00 and 2026-11-23 12:05 UTC is not known.",
  decision: "incidents-20261123T120500Z",
};

export const LIST: Schema["KpiList"] = {
  evaluated_at: AT,
  stale: false,
  silent: false,
  kpis: [AVAILABILITY, LATENCY, ERROR_RATE, INCIDENTS],
};

/** `left` is what each day began with, and now. */
export function burnDownOf(kpi: Kpi, left: readonly (number | null)[], exhaustedAt: string | null): BurnDown {
  const points = left.map((remaining, index) => ({
    at: index === left.length - 1 ? AT : `2026-11-${String(index + 2).padStart(2, "0")}T00:00:00Z`,
    samples: 56_000 * (index + 1),
    bad: 21 * (index + 1),
    remaining,
  }));
  const assumption = "requests go on as in the last 6 hours, and as many of them are bad";
  return {
    kpi: kpi.id,
    title: kpi.title,
    at: AT,
    window: { name: "calendar month", start: "2026-11-01T00:00:00Z", end: "2026-12-01T00:00:00Z" },
    target: kpi.target,
    points,
    burn_rate: 1.42,
    burn_rate_over: "6h",
    burn_alerts: kpi.burn_alerts,
    minimum_remaining: 0.25,
    forecast: {
      exhausted_at: exhaustedAt,
      assumption,
      text:
        exhaustedAt === AT
          ? "The budget is exhausted."
          : exhaustedAt
            ? `The budget is exhausted at 2026-11-27 03:10 UTC, if ${assumption}.`
            : `The budget lasts until the window ends, if ${assumption}.`,
    },
  };
}

export function decisionsOf(kpi: Kpi, count: number): Schema["DecisionView"][] {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.parse(AT) - index * 300_000).toISOString().replace(".000Z", "Z");
    const isChange = index === 2 && kpi.verdict === "breached";
    return {
      id: `${kpi.id}-${at.replaceAll(/[-:]/g, "")}`,
      kpi: kpi.id,
      at,
      verdict: index > 2 && kpi.verdict === "breached" ? "met" : kpi.verdict,
      value: kpi.value,
      samples: kpi.samples,
      bad: kpi.bad,
      why: kpi.why,
      changes: isChange ? ["KpiBreached", "BudgetExhausted"] : [],
    };
  });
}
