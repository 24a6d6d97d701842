import { expect, test } from "vitest";
import {
  dayOf,
  formatAge,
  formatExactly,
  formatLeft,
  formatLength,
  formatSpan,
  shortId,
} from "../../../src/components/words";

test("a span within a day names the day once", () => {
  const hour = { start: "2026-11-23T11:05:00Z", end: "2026-11-23T12:05:00Z" };
  expect(formatSpan(hour)).toBe("23 Nov, 11:05 – 12:05");
  expect(formatSpan({ ...hour, start: "2026-11-22T23:05:00Z" })).toBe("22 Nov, 23:05 – 23 Nov, 12:05");
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
  [1_240, "1.2 s"],
  [90_000, "1 minute"],
  [3 * 3_600_000, "3 hours"],
  [72 * 3_600_000, "3 days"],
])("%d ms last %s", (milliseconds, text) => {
  expect(formatLength(milliseconds)).toBe(text);
});

test("a day is that of UTC", () => {
  expect(dayOf("2026-11-23T23:59:59Z")).toBe("2026-11-23");
});

test("a moment of a record has its year and its seconds", () => {
  expect(formatExactly("2026-11-23T16:10:04.123456Z")).toBe("2026-11-23 16:10:04");
});

test.each([
  [8 * 3_600_000 - 2_000, "7:59:58"],
  [545_000, "9:05"],
  [400, "0:01"],
  [-5_000, "0:00"],
])("%d ms are left: %s", (milliseconds, text) => {
  expect(formatLeft(milliseconds)).toBe(text);
});

test("a number that means nothing to people is told by its beginning", () => {
  expect(shortId("7f1c0000-0000-4000-8000-0000000000ad")).toBe("7f1c0000");
  expect(shortId("ada@shop.example")).toBe("ada@shop.example");
});
