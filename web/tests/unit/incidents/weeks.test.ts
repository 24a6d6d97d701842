import { expect, test } from "vitest";
import { firstOf, weeksOf } from "../../../src/features/incidents/weeks";
import { OUTAGE, TASK } from "../../support/incident-samples";

test.each([
  ["2026-11-23T00:00:00Z", "2026-09-07T00:00:00Z"],
  ["2026-11-22T23:59:59Z", "2026-08-31T00:00:00Z"],
])("twelve weeks, of which %s lies in the last, begin on the Monday %s", (now, first) => {
  expect(firstOf(Date.parse(now))).toBe(first);
});

test("each week counts what it opened, and what was merged counts once", () => {
  const merged = { ...OUTAGE, merged_into: TASK.id };
  const weeks = weeksOf([OUTAGE, TASK, merged], "2026-09-07T00:00:00Z");
  expect(weeks).toHaveLength(12);
  expect(weeks.at(-1)).toEqual({ start: "2026-11-23", impacting: 1, other: 1 });
  expect(weeks.at(0)).toEqual({ start: "2026-09-07", impacting: 0, other: 0 });
});
