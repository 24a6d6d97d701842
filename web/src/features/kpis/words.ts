import { formatDay, formatTime } from "../../components/words";
import type { BurnAlert } from "./kpis";

const NONE = "–";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const fourDigits = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });

/** A share of 1 as percent. A share near 0 keeps a digit more: there it says on which side it lies. */
export function formatShare(share: number | null): string {
  if (share === null) return NONE;
  const percent = share * 100;
  return `${(Math.abs(percent) < 10 ? twoDigits : oneDigit).format(percent).replace("-", "−")}%`;
}

/** A share of 1 where 99.99% and 100% are worlds apart. */
export function formatExactShare(share: number | null): string {
  return share === null ? NONE : `${fourDigits.format(share * 100)}%`;
}

/** How many times as fast as the budget allows. */
export function formatRate(rate: number | null): string {
  return rate === null ? NONE : `${(rate < 10 ? twoDigits : oneDigit).format(rate)}×`;
}

export function formatNumber(value: number): string {
  return oneDigit.format(value);
}

export function stateOf({ firing, judged }: BurnAlert): "firing" | "quiet" | "too few requests" {
  if (firing) return "firing";
  return judged ? "quiet" : "too few requests";
}

/** Moments for a window's axis, at most eight, on whole days or on whole parts of an hour. */
export function ticksOf(start: number, end: number): number[] {
  const steps = [5, 10, 15, 30, 60, 180, 360].map((minutes) => minutes * MINUTE_MS);
  const days = [1, 2, 4, 5, 7, 14, 28].map((count) => count * DAY_MS);
  const step = [...steps, ...days].find((each) => (end - start) / each <= 8) ?? end - start;
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}

export function formatTick(at: number, length: number): string {
  return length > 2 * DAY_MS ? formatDay(at) : formatTime(at);
}

const NICE = [1, 2.5, 5, 10];
const MOST_SHARES = 7;

/** Round shares from below `lowest` up to a full budget, always with 0 among them: where the budget is spent. */
export function sharesOf(lowest: number): number[] {
  const step = niceStep((1 - lowest) / MOST_SHARES);
  const below = Math.ceil(Math.max(0, -lowest) / step);
  const above = Math.floor(1 / step);
  const shares = Array.from({ length: below + above + 1 }, (_, index) => (index - below) * step);
  return above === 0 ? [...shares, 1] : shares;
}

/** A step of which a full budget is a multiple, or which is larger than one. */
function niceStep(least: number): number {
  if (least <= 0.25) return 0.25;
  if (least <= 1) return least <= 0.5 ? 0.5 : 1;
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return (NICE.find((nice) => nice * magnitude >= least) ?? 10) * magnitude;
}
