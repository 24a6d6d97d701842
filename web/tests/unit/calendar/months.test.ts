import { expect, test } from "vitest";
import { monthAfter, monthOf, nameOf } from "../../../src/features/calendar/months";
import { NOW } from "../../support/calendar-samples";

test.each([
  ["2027-01", "2027-01"],
  ["2027-13", "2026-11"],
  [null, "2026-11"],
])("the address's month %j is %s", (written, month) => {
  expect(monthOf(written, Date.parse(NOW))).toBe(month);
});

test("the month after December is January", () => {
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2027-01", -1)).toBe("2026-12");
  expect(nameOf("2027-01")).toBe("January 2027");
});
