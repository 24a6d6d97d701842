import { expect, test } from "vitest";
import { courseOf } from "../../../src/features/changes/course";
import { APPROVED, ROLLED_BACK, STAGED, VERIFIED, WAITING } from "../../support/change-samples";

const states = (change: Parameters<typeof courseOf>[0]) => courseOf(change).map(({ state }) => state);

test("a change has come as far as its story says, and one thing is next", () => {
  expect(states(STAGED)).toEqual(["done", "done", "now", "to come", "to come", "to come", "to come"]);
  expect(courseOf(STAGED)[1]?.at).toBe("2026-11-24T15:05:00Z");
  expect(states(APPROVED).slice(4)).toEqual(["done", "now", "to come"]);
  expect(new Set(states(VERIFIED))).toEqual(new Set(["done"]));
});

test("another artefact starts anew", () => {
  const line = { at: "2026-11-24T15:40:00Z", by: "ada", happened: "amended", why: "Another artefact" };
  const amended = { ...WAITING, state: "planned", story: [...WAITING.story, line] };
  expect(states(amended).slice(0, 3)).toEqual(["done", "now", "to come"]);
  const again = { ...amended, state: "staged", story: [...amended.story, { ...line, happened: "staged" }] };
  expect(states(again).slice(0, 3)).toEqual(["done", "done", "now"]);
});

test.each([
  ["rolled_back", ROLLED_BACK, 5],
  ["rejected", { ...WAITING, state: "rejected" }, 4],
  ["expired", { ...APPROVED, state: "expired" }, 4],
])(
  "a change that is %s stopped at one stage, and what lies behind is not reached",
  (end, change, stopped) => {
    const course = courseOf(change);
    expect(course.findIndex(({ state }) => state === "stopped")).toBe(stopped);
    expect(course[stopped]?.end).toBe(end);
    expect(course.at(-1)?.state).toBe("not reached");
  },
);
