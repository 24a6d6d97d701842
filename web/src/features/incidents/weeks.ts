import { dayOf } from "../../components/words";
import type { Incident } from "./incidents";

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const MONDAY_MS = 4 * DAY_MS; // the epoch was a Thursday

const WEEKS = 12;

export interface Week {
  /** Its Monday, as `2026-11-23`. */
  start: string;
  impacting: number;
  other: number;
}

/** The first moment of the weeks that are drawn. */
export function firstOf(now: number): string {
  const monday = Math.floor((now - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS;
  return `${dayOf(monday - (WEEKS - 1) * WEEK_MS)}T00:00:00Z`;
}

/** How many incidents each week opened; weeks without one are among them. */
export function weeksOf(incidents: readonly Incident[], since: string): Week[] {
  const first = Date.parse(since);
  const weeks = Array.from({ length: WEEKS }, (_, index) => ({
    start: dayOf(first + index * WEEK_MS),
    impacting: 0,
    other: 0,
  }));
  for (const { opened_at, customer_impacting, merged_into } of incidents) {
    const week = weeks[Math.floor((Date.parse(opened_at) - first) / WEEK_MS)];
    if (week === undefined || merged_into !== null) continue;
    if (customer_impacting) week.impacting += 1;
    else week.other += 1;
  }
  return weeks;
}
