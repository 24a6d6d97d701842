import { expect, test } from "vitest";
import { addressOf, dayAfter, paramsOf } from "../../../src/features/today/use-address";

test("an address is read as it is written", () => {
  const address = { day: "2026-11-23", task: "redis_memory", run: "redis_memory-20261123T120000Z" };
  expect(addressOf(paramsOf(address))).toEqual(address);
});

test.each(["yesterday", "2026-13-45", ""])("the date %j is no day, so it is today", (date) => {
  expect(addressOf(new URLSearchParams({ date })).day).toBeNull();
});

test("a run without its task names nothing", () => {
  expect(paramsOf({ day: null, task: null, run: "redis_memory-20261123T120000Z" }).toString()).toBe("");
});

test("the day after the last of a month is the first of the next", () => {
  expect(dayAfter("2026-11-30", 1)).toBe("2026-12-01");
  expect(dayAfter("2026-03-01", -1)).toBe("2026-02-28");
});
