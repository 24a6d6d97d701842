const MINUTE_MS = 60_000;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
const day = utc({ day: "numeric", month: "short" });
const longDay = utc({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const time = utc({ hour: "2-digit", minute: "2-digit" });
const dayAndTime = utc({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const formatCount = (count: number): string => whole.format(count);
export const formatDay = (at: string | number): string => day.format(new Date(at));
export const formatLongDay = (at: string | number): string => longDay.format(new Date(at));
export const formatTime = (at: string | number): string => time.format(new Date(at));
export const formatMoment = (at: string | number): string => dayAndTime.format(new Date(at));

/** From one moment to another; the day is said once if it is the same. */
export function formatSpan({ start, end }: { start: string; end: string }): string {
  const isWithinDay = start.slice(0, 10) === end.slice(0, 10);
  return `${formatMoment(start)} – ${isWithinDay ? formatTime(end) : formatMoment(end)}`;
}

const list = new Intl.ListFormat("en-GB");

/** “a, b and c”. */
export const inWords = (names: readonly string[]): string => list.format(names);

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function formatAge(from: string, now: number): string {
  const milliseconds = now - Date.parse(from);
  return milliseconds < MINUTE_MS ? "just now" : `${formatLength(milliseconds)} ago`;
}

/** How long something lasts, in the largest unit that says enough. */
export function formatLength(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  if (minutes < 1) return `${oneDigit.format(Math.max(0, milliseconds / 1000))} s`;
  if (minutes < 120) return plural(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(hours, "hour") : plural(Math.floor(hours / 24), "day");
}

/** The day (UTC) of a moment, as `2026-11-23`. */
export function dayOf(at: string | number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A moment as records need it: `2026-11-23 16:10:04`. */
export function formatExactly(at: string | number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** What is left, as a clock shows it: `7:59:58`, `9:05`. */
export function formatLeft(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")];
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Who did something. Names that are only numbers are told apart by their beginning. */
export function personOf(username: string, own: string | null): string {
  if (username === "") return "nobody";
  if (username === own) return "you";
  return UUID.test(username) ? username.slice(0, 8) : username;
}
