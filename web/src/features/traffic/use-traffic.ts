import { useEffect, useEffectEvent, useRef } from "react";
import type { Site } from "../sites/sites";
import { METRICS } from "./metrics";
import type { Range } from "./ranges";
import { type LiveStats, type Stats, useStats } from "./use-stats";

/** Totals are cheap and show every change: they are asked for often, and the rest when they moved. */
const TOTALS_EVERY_MS = 1_000;
const REST_EVERY_MS = 5_000;

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
  const totals = useStats(
    { site, range, metrics: METRIC_NAMES },
    { everyMs: isLive ? TOTALS_EVERY_MS : null },
  );
  const rest = { everyMs: isLive ? REST_EVERY_MS : null };
  const series = useStats(
    { site, range, metrics: METRIC_NAMES, dimensions: [range.bucket], include: { time_labels: true } },
    rest,
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
    rest,
  );
  useOnChange(totals.stats, () => {
    series.refresh();
    pages.refresh();
  });
  const all = [totals, series, pages];
  return {
    totals,
    series,
    pages,
    problem: all.find(({ problem }) => problem)?.problem ?? null,
    retry: () => {
      for (const { problem, refresh } of all) if (problem) refresh();
    },
  };
}

/** Calls back when the answer to one and the same question became another one. */
function useOnChange(stats: Stats | undefined, onChange: () => void): void {
  const before = useRef(stats);
  const notify = useEffectEvent(onChange);
  useEffect(() => {
    const isSameQuestion = stats !== undefined && before.current?.subject === stats.subject;
    if (isSameQuestion && before.current !== stats) notify();
    before.current = stats;
  }, [stats]);
}
