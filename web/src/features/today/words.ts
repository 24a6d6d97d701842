import { formatLength, plural } from "../../components/words";
import type { RunbookDay, RunSummary, Schedule, TaskState } from "./runbook";

const ORDER: readonly TaskState[] = [
  "failed",
  "timed out",
  "missed",
  "no record",
  "unconfigured",
  "running",
  "requested",
  "due",
  "passed",
  "upcoming",
];

/** How many tasks of a day are in which state, what needs attention first. */
export function tallyOf({ tasks }: RunbookDay): string {
  const counts = ORDER.map((state) => ({
    state,
    count: tasks.filter((task) => task.state === state).length,
  }));
  const told = counts.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${state}`);
  return told.join(" · ") || "nothing is due on this day";
}

export function whenOf({ hour: at, weekday, every_seconds }: Schedule): string {
  if (every_seconds !== null) return `every ${everyOf(every_seconds)}`;
  return `${weekday ? `${weekday}s` : "daily"}${at === null ? "" : ` at ${hour(at)}`}`;
}

/** Who began a run and why. */
export function occasionOf({ kind, by, reason }: RunSummary): string {
  if (kind === "played") return "played later, on the system as it was then: no evidence";
  return kind === "scheduled" ? "by its schedule" : `by ${by}: ${reason}`;
}

export function secondsOf({ seconds }: RunSummary): string {
  return seconds === null ? "–" : formatLength(seconds * 1000);
}

function hour(at: number): string {
  return `${String(at).padStart(2, "0")}:00`;
}

function everyOf(seconds: number): string {
  if (seconds === 60) return "minute";
  if (seconds === 86_400) return "day";
  return seconds < 60 ? plural(seconds, "second") : formatLength(seconds * 1000);
}
