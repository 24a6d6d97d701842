import type { Bucket } from "./ranges";
import type { Row } from "./use-stats";

export interface Point {
  /** As the API names the bucket, in the site's time zone: `2026-11-23` or `2026-11-23 14:00:00`. */
  label: string;
  /** Of a bucket that is over; null while it is not. */
  past: number | null;
  /** Of the bucket that now lies in, and of the one before it so that a line can lead there; null elsewhere. */
  current: number | null;
}

export interface SeriesOptions {
  rows: readonly Row[];
  /** Every bucket of the period, where the API names them. */
  labels: readonly string[];
  /** Which of the rows' metrics is drawn. */
  column: number;
  bucket: Bucket;
  /** The site's wall clock to the minute: `2026-11-23 14:05`. */
  now: string;
}

/** The values by bucket, in order of time. Buckets without a row are zeros, those to come are empty. */
export function pointsOf({ rows, labels, column, bucket, now }: SeriesOptions): Point[] {
  const values = new Map(rows.map((row) => [row.dimensions[0] ?? "", row.metrics[column] ?? 0]));
  const buckets = labels.length > 0 ? labels : [...values.keys()].sort();
  const last = buckets.findLastIndex((label) => label.slice(0, now.length) <= now);
  const current = contains(buckets[last], bucket, now) ? last : last + 1;
  return buckets.map((label, index) => {
    const value = index > last ? null : (values.get(label) ?? 0);
    return {
      label,
      past: index < current ? value : null,
      current: current <= last && (index === current || index === current - 1) ? value : null,
    };
  });
}

/** What the API cut the period into. */
export function bucketOf(dimensions: readonly string[]): Bucket {
  return BUCKETS.find((bucket) => dimensions.includes(bucket)) ?? "time:day";
}

/** As much of a label as a moment inside of its bucket has in common with it. */
const SHARED_LENGTH: Record<Bucket, number> = {
  "time:minute": "2026-11-23 14:05".length,
  "time:hour": "2026-11-23 14".length,
  "time:day": "2026-11-23".length,
  "time:week": 0,
  "time:month": "2026-11".length,
};

const BUCKETS = Object.keys(SHARED_LENGTH) as Bucket[];

function contains(label: string | undefined, bucket: Bucket, now: string): boolean {
  return label !== undefined && now.startsWith(label.slice(0, SHARED_LENGTH[bucket]));
}

export function pointValue(point: Point): number | null {
  return point.past ?? point.current;
}

const SHORT: Record<Bucket, Intl.DateTimeFormatOptions> = {
  "time:minute": { hour: "2-digit", minute: "2-digit" },
  "time:hour": { hour: "2-digit", minute: "2-digit" },
  "time:day": { day: "numeric", month: "short" },
  "time:week": { day: "numeric", month: "short" },
  "time:month": { month: "short", year: "2-digit" },
};

const LONG: Record<Bucket, Intl.DateTimeFormatOptions> = {
  "time:minute": { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  "time:hour": { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  "time:day": { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  "time:week": { day: "numeric", month: "long", year: "numeric" },
  "time:month": { month: "long", year: "numeric" },
};

export function shortLabel(label: string, bucket: Bucket): string {
  return written(label, SHORT[bucket]);
}

export function longLabel(label: string, bucket: Bucket): string {
  const text = written(label, LONG[bucket]);
  return bucket === "time:week" ? `Week of ${text}` : text;
}

/**
 * A label is wall-clock time already: it is read and written as UTC so that no zone moves it. Where clocks are put
 * back, the second of two equal hours has an offset behind it.
 */
function written(label: string, options: Intl.DateTimeFormatOptions): string {
  const [day = "", time = "00:00:00"] = label.split(" ");
  const date = new Date(`${day}T${time.slice(0, 8)}Z`);
  if (Number.isNaN(date.getTime())) return label;
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(date);
}
