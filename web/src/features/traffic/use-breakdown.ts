import type { Dimension } from "./breakdowns";
import { useOnChange } from "./use-on-change";
import { type LiveStats, useStats } from "./use-stats";
import { REST_EVERY_MS, type Traffic, type TrafficQuestion } from "./use-traffic";

export interface BreakdownQuestion extends TrafficQuestion {
  dimension: Dimension;
  /** How many values are asked for. */
  limit: number;
  /** Whose change means that the values have changed as well. */
  totals: Traffic["totals"];
}

/** The values of a dimension that most visitors had, asked for again whenever the totals move. */
export function useBreakdown({
  site,
  range,
  isLive,
  dimension,
  limit,
  totals,
}: BreakdownQuestion): LiveStats {
  const breakdown = useStats(
    {
      site,
      range,
      metrics: ["visitors", "pageviews"],
      dimensions: [dimension],
      order_by: [
        ["visitors", "desc"],
        ["pageviews", "desc"],
        [dimension, "asc"],
      ],
      include: { total_rows: true },
      pagination: { limit, offset: 0 },
    },
    { everyMs: isLive ? REST_EVERY_MS : null },
  );
  useOnChange(totals.stats, breakdown.refresh);
  return breakdown;
}
