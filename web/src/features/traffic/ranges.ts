export type Bucket = "time:minute" | "time:hour" | "time:day" | "time:week" | "time:month";

export interface Range {
  /** As it stands in the page's address and in a query's `date_range`. */
  name: string;
  label: string;
  bucket: Bucket;
}

const TODAY: Range = { name: "day", label: "Today", bucket: "time:hour" };

export const RANGES: readonly Range[] = [
  TODAY,
  { name: "24h", label: "24 hours", bucket: "time:hour" },
  { name: "7d", label: "7 days", bucket: "time:day" },
  { name: "30d", label: "30 days", bucket: "time:day" },
  { name: "12mo", label: "12 months", bucket: "time:month" },
  { name: "all", label: "All time", bucket: "time:month" },
];

/** An address may be old or mistyped: what it does not name is today. */
export function rangeOf(name: string | null): Range {
  return RANGES.find((range) => range.name === name) ?? TODAY;
}
