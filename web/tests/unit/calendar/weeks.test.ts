import { expect, test } from "vitest";
import { weeksOf } from "../../../src/features/calendar/weeks";
import { ENTRIES, FREEZE, UPGRADE } from "../../support/calendar-samples";

const days = (entries = ENTRIES) => weeksOf("2026-11", entries).flat();
const day = (date: string, entries = ENTRIES) => {
  const found = days(entries).find((each) => each.date === date);
  if (found === undefined) throw new Error(`${date} is not in the month's weeks`);
  return found;
};

test("a month is drawn in whole weeks from Monday", () => {
  expect(weeksOf("2026-11", []).map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7]);
  expect(days()[0]).toMatchObject({ date: "2026-10-26", isInMonth: false });
  expect(days().at(-1)).toMatchObject({ date: "2026-12-06", isInMonth: false });
  expect(weeksOf("2027-02", [])).toHaveLength(4);
});

test("an entry has a part in each of its days and keeps its lane", () => {
  const lanes = ["2026-11-23", "2026-11-26"].map((date) =>
    day(date).slots.map(({ entry, lane }) => [entry.id, lane]),
  );
  expect(lanes).toEqual([
    [[FREEZE.id, 0]],
    [
      [FREEZE.id, 0],
      [UPGRADE.id, 1],
    ],
  ]);
});

test("what ends at midnight has no part in the day that begins then", () => {
  expect(day("2026-11-27").slots.map(({ entry }) => entry.id)).toEqual([FREEZE.id]);
  expect(day("2026-11-26").slots[1]).toMatchObject({ isContinued: false, isContinuing: false });
});

test("a day knows whether an entry goes on before and after it", () => {
  expect(day("2026-11-20").slots[0]).toMatchObject({ isContinued: false, isContinuing: true });
  expect(day("2026-11-21").slots[0]).toMatchObject({ isContinued: true, isContinuing: true });
  expect(day("2026-12-01").slots[0]).toMatchObject({ isContinued: true, isContinuing: false });
});

test("entries that follow each other share a lane", () => {
  const after = {
    ...UPGRADE,
    id: "maintenance-00000000000b",
    start: "2026-11-27T01:00:00Z",
    end: "2026-11-27T02:00:00Z",
  };
  expect(day("2026-11-27", [UPGRADE, after]).slots[0]?.lane).toBe(0);
});
