import { dayOf } from "../../components/words";

/** `2026-11`. */
export type Month = string;

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const name = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long", year: "numeric" });

export function monthOf(written: string | null, now: number): Month {
  return written !== null && MONTH.test(written) ? written : dayOf(now).slice(0, 7);
}

export function monthAfter(month: Month, months: number): Month {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months)).toISOString().slice(0, 7);
}

export function firstMomentOf(month: Month): string {
  return `${month}-01T00:00:00Z`;
}

export function nameOf(month: Month): string {
  return name.format(new Date(firstMomentOf(month)));
}
