export type Bucket = "time:minute" | "time:hour" | "time:day" | "time:week" | "time:month";

/** What a query takes as its `date_range`: a name, or two moments that both belong to it. */
type DateRange = string | [string, string];

export interface Range {
  /** As it stands in the page's address. */
  name: string;
  label: string;
  /** `time` leaves it to the API, which answers with what it chose. */
  bucket: Bucket | "time";
  dates: (now: Date) => DateRange;
}

const MINUTE_MS = 60_000;

/** The period from the first event of a site to today. */
export const EVER: Range = named("all", "All time", "time");

const TODAY: Range = named("day", "Today", "time:hour");

export const RANGES: readonly Range[] = [
  { name: "30min", label: "30 min", bucket: "time:minute", dates: lastMinutes(30) },
  TODAY,
  named("24h", "24 hours", "time:hour"),
  named("7d", "7 days", "time:day"),
  named("30d", "30 days", "time:day"),
  named("12mo", "12 months", "time:month"),
  EVER,
];

/** An address may be old or mistyped: what it does not name is today. */
export function rangeOf(name: string | null): Range {
  return RANGES.find((range) => range.name === name) ?? TODAY;
}

/** The wall clock of a time zone to the minute, written as the labels of buckets are: `2026-11-23 14:05`. */
export function wallClock(now: Date, timeZone: string): string {
  const swedish = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return swedish.format(now);
}

/** A period that the API knows by the same name, and reckons in the site's time zone. */
function named(name: string, label: string, bucket: Range["bucket"]): Range {
  return { name, label, bucket, dates: () => name };
}

/** Whole minutes, the one that now lies in being the last. */
function lastMinutes(count: number): Range["dates"] {
  return (now) => {
    const first = (Math.floor(now.getTime() / MINUTE_MS) - count + 1) * MINUTE_MS;
    return [new Date(first).toISOString(), now.toISOString()];
  };
}
