import { expect, test } from "vitest";
import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRatio,
  isMetricName,
} from "../../../src/features/traffic/metrics";

test.each([
  [0, "0"],
  [999, "999"],
  [18_432, "18,432"],
  [999_999, "999,999"],
  [1_250_000, "1.3M"],
  [null, "–"],
])("a count of %s reads %s", (value, text) => {
  expect(formatCount(value)).toBe(text);
});

test.each([
  [0, "0s"],
  [59.4, "59s"],
  [59.6, "1m 0s"],
  [154, "2m 34s"],
  [3_600, "1h 0m"],
  [5_461, "1h 31m"],
  [null, "–"],
])("a duration of %s seconds reads %s", (value, text) => {
  expect(formatDuration(value)).toBe(text);
});

test("ratios keep two decimals and percentages none", () => {
  expect(formatRatio(2.394)).toBe("2.39");
  expect(formatPercent(41)).toBe("41%");
});

test("only metrics that are shown can be named", () => {
  expect(isMetricName("bounce_rate")).toBe(true);
  expect(isMetricName("revenue")).toBe(false);
  expect(isMetricName(null)).toBe(false);
});
