import { formatCount, formatLength } from "../../components/words";
import type { Drill, Kind } from "./drills";

const NONE = "–";
const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];
const STEP = 1024;

const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const exact = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

export const KINDS: Record<Kind, string> = { drill: "Drill", restore: "Restore", mark: "Mark" };

export function formatSize(size: number | null | undefined): string {
  if (size == null) return NONE;
  const power = Math.min(Math.floor(Math.log(Math.max(size, 1)) / Math.log(STEP)), UNITS.length - 1);
  return `${oneDigit.format(size / STEP ** power)} ${UNITS[power]}`;
}

/** Seconds while they can be counted: those of RPO and RTO are told from each other up to the hour. */
export function formatSeconds(seconds: number | null | undefined): string {
  if (seconds == null) return NONE;
  const whole = Math.round(seconds);
  if (whole < 60) return `${oneDigit.format(seconds)} s`;
  if (whole >= 3600) return formatLength(seconds * 1000);
  const rest = whole % 60;
  return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

export function formatRows(rows: number | null): string {
  return rows === null ? NONE : formatCount(rows);
}

/** A moment to the second, which is how exactly databases are restored. */
export function formatExact(at: string): string {
  return exact.format(new Date(at));
}

export function titleOf({ kind, to, played }: Drill): string {
  const mark = played ? " (played)" : "";
  if (kind === "mark") return to === null ? "Mark of a moment" : `Mark of ${formatExact(to)}`;
  return to === null ? `${KINDS[kind]}${mark}` : `${KINDS[kind]} to ${formatExact(to)}${mark}`;
}
