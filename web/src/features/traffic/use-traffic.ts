import { useQueryClient } from "@tanstack/react-query";
import type { Site } from "../sites/sites";
import { METRICS } from "./metrics";
import type { Range } from "./ranges";
import { useOnChange } from "./use-on-change";
import { type LiveStats, retryStats, useStats } from "./use-stats";

/** Totals are cheap and show every change: they are asked for often, and the rest when they moved. */
const TOTALS_EVERY_MS = 1_000;
export const REST_EVERY_MS = 5_000;

const METRIC_NAMES = METRICS.map(({ name }) => name);

export interface Traffic {
  totals: LiveStats;
  series: LiveStats;
  /** One cause often stops everything on the page: it is told once. */
  problem: Error | null;
  /** Asks again for everything on the page that failed. */
  retry: () => void;
}

export interface TrafficQuestion {
  site: Site;
  range: Range;
  isLive: boolean;
}

export function useTraffic({ site, range, isLive }: TrafficQuestion): Traffic {
  const client = useQueryClient();
  const totals = useStats(
    { site, range, metrics: METRIC_NAMES },
    { everyMs: isLive ? TOTALS_EVERY_MS : null },
  );
  const series = useStats(
    { site, range, metrics: METRIC_NAMES, dimensions: [range.bucket], include: { time_labels: true } },
    { everyMs: isLive ? REST_EVERY_MS : null },
  );
  useOnChange(totals.stats, series.refresh);
  return {
    totals,
    series,
    problem: totals.problem ?? series.problem,
    retry: () => retryStats(client),
  };
}
