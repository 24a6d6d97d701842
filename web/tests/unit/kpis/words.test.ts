import { expect, test } from "vitest";
import {
  formatAge,
  formatRate,
  formatShare,
  formatTick,
  formatWindow,
  sharesOf,
  stateOf,
  ticksOf,
} from "../../../src/features/kpis/words";
import { QUIET } from "../../support/kpi-samples";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test.each([
  [0.624158, "62.4%"],
  [1, "100%"],
  [0, "0%"],
  [-0.0004, "−0.04%"],
  [-35.2, "−3,520%"],
  [null, "–"],
])("the share %s reads %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});

test.each([
  [14.4, "14.4×"],
  [0.234, "0.23×"],
  [null, "–"],
])("the rate %s reads %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test("a window within a day names the day once", () => {
  const hour = { name: "rolling hour", start: "2026-11-23T11:05:00Z", end: "2026-11-23T12:05:00Z" } as const;
  expect(formatWindow(hour)).toBe("23 Nov, 11:05 – 12:05");
  expect(formatWindow({ ...hour, start: "2026-11-22T23:05:00Z" })).toBe("22 Nov, 23:05 – 23 Nov, 12:05");
});

test.each([
  ["2026-11-23T12:04:40Z", "just now"],
  ["2026-11-23T12:04:00Z", "1 minute ago"],
  ["2026-11-23T09:05:00Z", "3 hours ago"],
  ["2026-11-20T12:05:00Z", "3 days ago"],
  ["2026-11-23T12:06:00Z", "just now"],
])("%s was %s", (from, text) => {
  expect(formatAge(from, Date.parse("2026-11-23T12:05:00Z"))).toBe(text);
});

test.each([
  [30 * DAY_MS, "5 Jan"],
  [HOUR_MS, "00:10"],
  [92 * DAY_MS, "15 Jan"],
])("a window of %d ms has at most nine ticks, the second of which reads %s", (length, second) => {
  const start = Date.UTC(2026, 0, 1);
  const ticks = ticksOf(start, start + length);
  expect(ticks.length).toBeLessThanOrEqual(9);
  expect(formatTick(ticks[1] ?? 0, length)).toBe(second);
});

test.each([
  [0, [0, 0.25, 0.5, 0.75, 1]],
  [-0.34, [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1]],
  [-1.2, [-1.5, -1, -0.5, 0, 0.5, 1]],
  [-5, [-5, -4, -3, -2, -1, 0, 1]],
  [-35.2, [-40, -30, -20, -10, 0, 1]],
])("an axis down to %d has round shares and zero", (lowest, shares) => {
  expect(sharesOf(lowest)).toEqual(shares);
});

test("an alert that too few requests judge is not called quiet", () => {
  expect(QUIET.slice(0, 2).map(stateOf)).toEqual(["too few requests", "quiet"]);
});
