import { expect, test } from "vitest";
import { formatSeconds, formatSize, titleOf } from "../../../src/features/backups/words";
import { WAITING } from "../../support/backup-samples";

const MIB = 1024 ** 2;

test("what was played says so in its title", () => {
  expect(titleOf({ ...WAITING, played: true })).toMatch(/^Drill to .* \(played\)$/);
  expect(titleOf(WAITING)).not.toMatch(/played/);
});

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
