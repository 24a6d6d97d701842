import { expect, test } from "vitest";
import { rangeOf, wallClock } from "../../../src/features/traffic/ranges";

/** Half past midnight on the 24th in Berlin, still the 23rd in New York. */
const NOW = new Date("2026-11-23T23:30:15.250Z");
const BERLIN = "Europe/Berlin";

test.each([
  ["day", "day"],
  ["24h", "24h"],
  ["7d", ["2026-11-18", "2026-11-24"]],
  ["30d", ["2026-10-26", "2026-11-24"]],
  ["12mo", ["2025-12-01", "2026-11-24"]],
  ["all", "all"],
  ["30min", ["2026-11-23T23:01:00.000Z", "2026-11-23T23:30:15.250Z"]],
])("%s is asked for as %j", (name, expected) => {
  expect(rangeOf(name).dates(NOW, BERLIN)).toEqual(expected);
});

test("days are those of the site's time zone", () => {
  expect(rangeOf("7d").dates(NOW, "America/New_York")).toEqual(["2026-11-17", "2026-11-23"]);
});

test("months are counted back from their first day, so that the 31st skips none", () => {
  expect(rangeOf("12mo").dates(new Date("2026-01-31T12:00:00Z"), BERLIN)).toEqual([
    "2025-02-01",
    "2026-01-31",
  ]);
});

test.each([["7days"], [""], [null]])("the unknown period %j is today", (name) => {
  expect(rangeOf(name).name).toBe("day");
});

test("a wall clock is written as bucket labels are", () => {
  expect(wallClock(NOW, BERLIN)).toBe("2026-11-24 00:30");
});
