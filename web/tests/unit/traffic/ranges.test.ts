import { expect, test } from "vitest";
import { RANGES, rangeOf, wallClock } from "../../../src/features/traffic/ranges";

/** Half past midnight on the 24th in Berlin. */
const NOW = new Date("2026-11-23T23:30:15.250Z");

test.each(["day", "24h", "7d", "30d", "12mo", "all"])("%s is asked for by the API's own name", (name) => {
  expect(rangeOf(name).dates(NOW)).toBe(name);
});

test("the last 30 minutes are whole ones, of which the last is not over", () => {
  expect(rangeOf("30min").dates(NOW)).toEqual(["2026-11-23T23:01:00.000Z", "2026-11-23T23:30:15.250Z"]);
});

test("no two periods share a name", () => {
  expect(new Set(RANGES.map(({ name }) => name)).size).toBe(RANGES.length);
});

test.each([["7days"], [""], [null]])("the unknown period %j is today", (name) => {
  expect(rangeOf(name).name).toBe("day");
});

test("a wall clock is written as bucket labels are", () => {
  expect(wallClock(NOW, "Europe/Berlin")).toBe("2026-11-24 00:30");
});
