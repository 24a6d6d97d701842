import type { Site } from "../sites/sites";
import { METRICS } from "./metrics";
import type { Range } from "./ranges";
import { type LiveStats, useStats } from "./use-stats";

const METRIC_NAMES = METRICS.map(({ name }) => name);

export interface Traffic {
  totals: LiveStats;
  series: LiveStats;
  pages: LiveStats;
  /** One cause often stops all three: it is told once. */
  problem: Error | null;
  retry: () => void;
}

export interface TrafficQuestion {
  site: Site;
  range: Range;
  /** How many pages are asked for. */
  limit: number;
  isLive: boolean;
}

export function useTraffic({ site, range, limit, isLive }: TrafficQuestion): Traffic {
  const totals = useStats({ site, range, metrics: METRIC_NAMES }, { isLive });
  const series = useStats(
    { site, range, metrics: METRIC_NAMES, dimensions: [range.bucket], include: { time_labels: true } },
    { isLive },
  );
  const pages = useStats(
    {
      site,
      range,
      metrics: ["visitors", "pageviews"],
      dimensions: ["event:page"],
      order_by: [
        ["visitors", "desc"],
        ["pageviews", "desc"],
        ["event:page", "asc"],
      ],
      include: { total_rows: true },
      pagination: { limit, offset: 0 },
    },
    { isLive },
  );
  const all = [totals, series, pages];
  return {
    totals,
    series,
    pages,
    problem: all.find(({ problem }) => problem)?.problem ?? null,
    retry: () => {
      for (const { problem, retry } of all) if (problem) retry();
    },
  };
}
