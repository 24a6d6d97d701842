export type Bucket = "time:minute" | "time:hour" | "time:day" | "time:week" | "time:month";

/** What a query takes as its `date_range`: a name, or two dates or moments that both belong to it. */
export type DateRange = string | [string, string];

export interface Range {
  /** As it stands in the page's address. */
  name: string;
  label: string;
  /** `time` leaves it to the API, which answers with what it chose. */
  bucket: Bucket | "time";
  dates: (now: Date, timeZone: string) => DateRange;
}

/** The period from the first event of a site to today. */
export const EVER: Range = { name: "all", label: "All time", bucket: "time", dates: () => "all" };

const TODAY: Range = { name: "day", label: "Today", bucket: "time:hour", dates: () => "day" };

/**
 * The API's own "7d" and "12mo" are of whole days and months, as in Plausible, and so end before today. Here numbers
 * move while one looks, so that periods end now.
 */
export const RANGES: readonly Range[] = [
  { name: "30min", label: "30 min", bucket: "time:minute", dates: lastMinutes(30) },
  TODAY,
  { name: "24h", label: "24 hours", bucket: "time:hour", dates: () => "24h" },
  { name: "7d", label: "7 days", bucket: "time:day", dates: lastDays(7) },
  { name: "30d", label: "30 days", bucket: "time:day", dates: lastDays(30) },
  { name: "12mo", label: "12 months", bucket: "time:month", dates: lastMonths(12) },
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

function lastMinutes(count: number): Range["dates"] {
  return (now) => {
    const minute = 60_000;
    const first = (Math.floor(now.getTime() / minute) - count + 1) * minute;
    return [new Date(first).toISOString(), now.toISOString()];
  };
}

function lastDays(count: number): Range["dates"] {
  return between((today) => today.setUTCDate(today.getUTCDate() - count + 1));
}

function lastMonths(count: number): Range["dates"] {
  return between((today) => today.setUTCMonth(today.getUTCMonth() - count + 1, 1));
}

/** Calendar days are reckoned in UTC, where each one has 24 hours; only which day is today depends on the zone. */
function between(goBack: (day: Date) => unknown): Range["dates"] {
  return (now, timeZone) => {
    const today = wallClock(now, timeZone).slice(0, 10);
    const first = new Date(`${today}T00:00:00Z`);
    goBack(first);
    return [first.toISOString().slice(0, 10), today];
  };
}
