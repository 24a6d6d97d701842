import { expect, test } from "vitest";
import { countTicks, durationTicks, sizeTicks } from "../../../src/components/axis";

const MIB = 1024 ** 2;

test("the axis of sizes has round values up to the first that none exceeds", () => {
  expect(sizeTicks(1017 * MIB)).toEqual([0, 256, 512, 768, 1024].map((each) => each * MIB));
  expect(sizeTicks(3.2 * MIB)).toEqual([0, 1, 2, 3, 4].map((each) => each * MIB));
  expect(sizeTicks(0)).toEqual([0, 1]);
});

test("the axis of durations has whole seconds, minutes or hours", () => {
  expect(durationTicks(219)).toEqual([0, 60, 120, 180, 240]);
  expect(durationTicks(0.8)).toEqual([0, 1]);
  expect(durationTicks(8 * 86_400)).toEqual([0, 172_800, 345_600, 518_400, 691_200]);
});

test("the axis of counts leaves one of them small", () => {
  expect(countTicks(1)).toEqual([0, 1, 2, 3, 4]);
  expect(countTicks(23)).toEqual([0, 5, 10, 15, 20, 25]);
});
