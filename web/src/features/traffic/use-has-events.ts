import type { Site } from "../sites/sites";
import { EVER } from "./ranges";
import { type Stats, useStats } from "./use-stats";

const EVERY_MS = 1_000;

/**
 * Whether the site ever had an event; undefined until known. Asked only while the period that is shown is empty, since
 * a number above zero answers it.
 */
export function useHasEvents(site: Site, totals: Stats | undefined, isLive: boolean): boolean | undefined {
  const isPeriodEmpty = totals !== undefined && isEmpty(totals);
  const ever = useStats(
    { site, range: EVER, metrics: ["events"] },
    { everyMs: isLive ? EVERY_MS : null, isEnabled: isPeriodEmpty },
  );
  if (totals === undefined) return undefined;
  if (!isPeriodEmpty) return true;
  return ever.stats && !isEmpty(ever.stats);
}

function isEmpty({ rows }: Stats): boolean {
  return rows.every((row) => row.metrics.every((value) => !value));
}
