import type { Kind } from "./keys";

export const KINDS: Record<Kind, string> = { ingest: "write key", read: "read key" };

const HOUR = 3_600;

/** For how long an old key works beside its successor, in seconds. */
export const OVERLAPS = [
  { value: "0", label: "at once" },
  { value: String(HOUR), label: "in an hour" },
  { value: String(24 * HOUR), label: "in a day" },
  { value: String(7 * 24 * HOUR), label: "in seven days" },
  { value: String(30 * 24 * HOUR), label: "in thirty days" },
];
