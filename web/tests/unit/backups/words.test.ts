import { expect, test } from "vitest";
import { durationTicks, sizeTicks } from "../../../src/features/backups/axis";
import { formatSeconds, formatSize } from "../../../src/features/backups/words";

const MIB = 1024 ** 2;

test.each([
  [null, "–"],
  [0, "0 bytes"],
  [1023, "1,023 bytes"],
  [1536, "1.5 KiB"],
  [974 * MIB, "974 MiB"],
  [3 * MIB * MIB, "3 TiB"],
  [4096 * MIB * MIB, "4,096 TiB"],
])("a size of %s reads %s", (size, text) => {
  expect(formatSize(size)).toBe(text);
});

test.each([
  [null, "–"],
  [0.42, "0.4 s"],
  [59.4, "59.4 s"],
  [59.8, "1 min"],
  [119.7, "2 min"],
  [252, "4 min 12 s"],
  [7200, "2 hours"],
])("%s seconds read %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test("the axis of sizes has round values up to the first that none exceeds", () => {
  expect(sizeTicks(1017 * MIB)).toEqual([0, 256, 512, 768, 1024].map((each) => each * MIB));
  expect(sizeTicks(3.2 * MIB)).toEqual([0, 1, 2, 3, 4].map((each) => each * MIB));
  expect(sizeTicks(0)).toEqual([0, 1]);
});

test("the axis of durations has whole seconds, minutes or hours", () => {
  expect(durationTicks(219)).toEqual([0, 60, 120, 180, 240]);
  expect(durationTicks(0.8)).toEqual([0, 1]);
});
