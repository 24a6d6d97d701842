import { dayOf } from "../../components/words";
import type { Entry } from "./calendar";
import { firstMomentOf, type Month, monthAfter } from "./months";

const DAY_MS = 86_400_000;

export interface Slot {
  entry: Entry;
  /** From 0: an entry stays at its height all week. */
  lane: number;
  /** Whether the entry goes on from the day before, and into the day after. */
  isContinued: boolean;
  isContinuing: boolean;
}

export interface Day {
  /** `2026-11-23`. */
  date: string;
  isInMonth: boolean;
  slots: Slot[];
}

/** The weeks, from Monday, that have a day of the month, with what each day has a part in. */
export function weeksOf(month: Month, entries: readonly Entry[]): Day[][] {
  const first = Date.parse(firstMomentOf(month));
  const end = Date.parse(firstMomentOf(monthAfter(month, 1)));
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY_MS;
  const weeks: Day[][] = [];
  for (let start = monday; start < end; start += 7 * DAY_MS) weeks.push(weekOf(start, month, entries));
  return weeks;
}

function weekOf(start: number, month: Month, entries: readonly Entry[]): Day[] {
  const lanes = lanesOf(entries.filter((entry) => isWithin(entry, start, start + 7 * DAY_MS)));
  return Array.from({ length: 7 }, (_, index) => {
    const day = start + index * DAY_MS;
    const date = dayOf(day);
    const slots = lanes.flatMap((entriesOfLane, lane) => {
      const entry = entriesOfLane.find((each) => isWithin(each, day, day + DAY_MS));
      return entry === undefined ? [] : [slotOf(entry, lane, day)];
    });
    return { date, isInMonth: date.startsWith(month), slots };
  });
}

function slotOf(entry: Entry, lane: number, day: number): Slot {
  return {
    entry,
    lane,
    isContinued: Date.parse(entry.start) < day,
    isContinuing: Date.parse(entry.end) > day + DAY_MS,
  };
}

/** Entries that share a day stand in different lanes. */
function lanesOf(entries: readonly Entry[]): Entry[][] {
  const lanes: Entry[][] = [];
  for (const entry of entries.toSorted((one, other) => one.start.localeCompare(other.start))) {
    const free = lanes.find((lane) => lane.every((each) => dayOf(lastOf(each)) < dayOf(entry.start)));
    if (free === undefined) lanes.push([entry]);
    else free.push(entry);
  }
  return lanes;
}

/** What ends at midnight has no part in the day that begins then. */
function lastOf({ end }: Entry): number {
  return Date.parse(end) - 1;
}

function isWithin(entry: Entry, start: number, end: number): boolean {
  return Date.parse(entry.start) < end && Date.parse(entry.end) > start;
}
