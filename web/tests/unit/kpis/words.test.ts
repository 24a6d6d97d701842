import { expect, test } from "vitest";
import {
  formatRate,
  formatShare,
  formatTick,
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
