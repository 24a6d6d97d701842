import { expect, test } from "vitest";
import { lowestOf, rowsOf, tableOf } from "../../../src/features/kpis/burn-down";
import { AT, AVAILABILITY, burnDownOf } from "../../support/kpi-samples";

const GONE = "2026-11-27T03:10:00Z";
const drawn = (left: readonly (number | null)[], gone: string | null = null) =>
  rowsOf(burnDownOf(AVAILABILITY, left, gone));

test("a burn-down begins with a full budget and reaches to the window's end", () => {
  const rows = drawn([0.9, 0.8]);
  expect(rows.map(({ remaining }) => remaining)).toEqual([1, 0.9, 0.8, null]);
  expect(rows.at(0)?.at).toBe(Date.parse("2026-11-01T00:00:00Z"));
  expect(rows.at(-1)?.at).toBe(Date.parse("2026-12-01T00:00:00Z"));
});

test("the even pace falls from all to nothing", () => {
  const paces = drawn([0.9, 0.8]).map(({ pace }) => pace);
  expect(paces[0]).toBe(1);
  expect(paces[1]).toBeCloseTo(29 / 30);
  expect(paces.at(-1)).toBe(0);
});

test("the forecast leads from what is left now to nothing", () => {
  const rows = drawn([0.9, 0.8], GONE).filter(({ forecast }) => forecast !== null);
  expect(rows.map(({ at, forecast }) => [at, forecast])).toEqual([
    [Date.parse(AT), 0.8],
    [Date.parse(GONE), 0],
  ]);
});

test.each([
  ["lasts", [0.9, 0.8], null],
  ["is spent", [0.2, -0.1], AT],
  ["is not known", [null, null], GONE],
])("a budget that %s has no forecast to draw", (_, left, gone) => {
  expect(drawn(left, gone).every(({ forecast }) => forecast === null)).toBe(true);
});

test("an overdrawn budget is drawn below zero, never clamped", () => {
  expect(lowestOf(drawn([0.5, -35.2]))).toBe(-35.2);
  expect(lowestOf(drawn([0.5, 0.4]))).toBe(0);
  expect(lowestOf(drawn([null]))).toBe(0);
});

test("days and the present are marked, the hours of today are not", () => {
  const found = burnDownOf(AVAILABILITY, [0.9, 0.8], null);
  found.points.splice(1, 0, { at: "2026-11-23T09:00:00Z", samples: 1, bad: 0, remaining: 0.85 });
  expect(rowsOf(found).map(({ isMarked }) => isMarked)).toEqual([false, true, false, true, false]);
});

test("the table shows the newest first", () => {
  const found = burnDownOf(AVAILABILITY, [0.9, 0.8], null);
  expect(tableOf(found).map(({ remaining }) => remaining)).toEqual([0.8, 0.9]);
});
