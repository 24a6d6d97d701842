import type { BurnDown } from "./kpis";

/** A row of the chart: shares of the budget at a moment, in milliseconds since the epoch. */
export interface Row {
  at: number;
  remaining: number | null;
  /** What would be left if the budget were spent evenly over its window. */
  pace: number;
  forecast: number | null;
  samples: number | null;
  bad: number | null;
  /** The end of a day, or now: these get a dot, the hours of the current day would run together. */
  isMarked: boolean;
}

const DAY_MS = 86_400_000;

/** What is left, from a full budget at the window's start to now; and where that leads, up to the window's end. */
export function rowsOf(found: BurnDown): Row[] {
  const start = Date.parse(found.window.start);
  const end = Date.parse(found.window.end);
  const pace = (at: number) => 1 - (at - start) / (end - start);
  const empty = { forecast: null, samples: null, bad: null, isMarked: false };
  const first: Row = { ...empty, at: start, remaining: 1, pace: 1, samples: 0, bad: 0 };
  const measured = found.points.map((point, index): Row => {
    const at = Date.parse(point.at);
    const isNow = index === found.points.length - 1;
    const isMarked = isNow || (end - start > 2 * DAY_MS ? at % DAY_MS === 0 : true);
    return { ...point, at, pace: pace(at), forecast: null, isMarked };
  });
  const rows = [first, ...measured];
  const last = rows.at(-1) ?? first;
  const gone = found.forecast.exhausted_at === null ? null : Date.parse(found.forecast.exhausted_at);
  if (gone !== null && gone > last.at && last.remaining !== null) {
    last.forecast = last.remaining;
    rows.push({ ...empty, at: gone, remaining: null, pace: pace(gone), forecast: 0 });
  }
  if ((rows.at(-1)?.at ?? end) < end) rows.push({ ...empty, at: end, remaining: null, pace: 0 });
  return rows;
}

/** The lowest share that is drawn; 0 always is. */
export function lowestOf(rows: readonly Row[]): number {
  return Math.min(0, ...rows.flatMap(({ remaining }) => remaining ?? []));
}

/** The newest first, as one reads a table. */
export function tableOf(found: BurnDown): BurnDown["points"] {
  return found.points.toReversed();
}
