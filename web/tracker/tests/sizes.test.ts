import { gzipSync } from "node:zlib";
import { expect, inject, test } from "vitest";

test("the script with all of its options is at most 2.5 kB gzipped", () => {
  expect(gzipSync(inject("trackerScript"), { level: 9 }).length).toBeLessThanOrEqual(2500);
});
