export type MetricName =
  | "visitors"
  | "visits"
  | "pageviews"
  | "views_per_visit"
  | "bounce_rate"
  | "visit_duration";

export type Value = number | null;

export interface Metric {
  name: MetricName;
  label: string;
  /** What exactly is counted, for the curious. */
  meaning: string;
  format: (value: Value) => string;
}

const NONE = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const precise = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Exact while it can be read at a glance, short from a million on. */
export function formatCount(value: Value): string {
  if (value === null) return NONE;
  return Math.abs(value) < 1_000_000 ? whole.format(value) : compact.format(value);
}

export function formatRatio(value: Value): string {
  return value === null ? NONE : precise.format(value);
}

export function formatPercent(value: Value): string {
  return value === null ? NONE : `${whole.format(value)}%`;
}

export function formatDuration(value: Value): string {
  if (value === null) return NONE;
  const seconds = Math.round(value);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

export const METRICS: readonly Metric[] = [
  {
    name: "visitors",
    label: "Visitors",
    meaning: "Different people, each counted once in the period.",
    format: formatCount,
  },
  {
    name: "visits",
    label: "Visits",
    meaning: "A visit ends after 30 minutes without an event.",
    format: formatCount,
  },
  { name: "pageviews", label: "Pageviews", meaning: "Pages that were shown.", format: formatCount },
  {
    name: "views_per_visit",
    label: "Views per visit",
    meaning: "Pageviews divided by visits.",
    format: formatRatio,
  },
  {
    name: "bounce_rate",
    label: "Bounce rate",
    meaning: "The share of visits with a single event.",
    format: formatPercent,
  },
  {
    name: "visit_duration",
    label: "Visit duration",
    meaning: "From the first to the last event of a visit, averaged over all visits.",
    format: formatDuration,
  },
];

export function isMetricName(name: string | null): name is MetricName {
  return METRICS.some((metric) => metric.name === name);
}

export function metricOf(name: MetricName): Metric {
  const metric = METRICS.find((candidate) => candidate.name === name);
  if (metric === undefined) throw new Error(`there is no metric ${name}`);
  return metric;
}
