import { expect, test } from "vitest";
import { type Asker, actsOf, overridableOf, waitsFor, waitsForMe } from "../../../src/features/changes/acts";
import { APPROVED, ASKED, KEPT, ROLLED_BACK, STAGED, VERIFIED, WAITING } from "../../support/change-samples";

const OWN: typeof WAITING = { ...WAITING, own: ["artefact"] };
const OWN_ASKED: typeof ASKED = { ...ASKED, own: ["override"] };
const ASKED_OF_OWN: typeof ASKED = { ...ASKED, own: ["artefact"] };
const LEAD: Asker = { mayApprove: true, mayPlan: true };
const DEVELOPER: Asker = { mayApprove: false, mayPlan: true };
const AUDITOR: Asker = { mayApprove: false, mayPlan: false };

test.each([
  ["is being proved", STAGED, ["reject"]],
  ["waits for approval", WAITING, ["approve", "reject"]],
  ["is kept by a gate", KEPT, ["override", "reject"]],
  ["waits for a second person", ASKED, ["second", "reject"]],
  ["is approved", APPROVED, ["reject"]],
  ["is in production", { ...APPROVED, state: "promoted" }, ["roll back"]],
  ["is verified", VERIFIED, ["roll back"]],
  ["was rolled back", ROLLED_BACK, []],
  ["is in a state that this page does not know", { ...WAITING, state: "held" }, ["reject"]],
])("a lead may do with a change that %s: %#", (_, change, acts) => {
  expect(actsOf(change, LEAD)).toEqual(acts);
});

test("a developer rolls back and decides nothing, an auditor does nothing", () => {
  expect(actsOf(VERIFIED, DEVELOPER)).toEqual(["roll back"]);
  expect(actsOf(WAITING, DEVELOPER)).toEqual([]);
  for (const change of [STAGED, WAITING, KEPT, ASKED, APPROVED, VERIFIED]) {
    expect(actsOf(change, AUDITOR)).toEqual([]);
  }
});

test("the author neither approves nor agrees, who asked does not agree", () => {
  expect(actsOf(OWN, LEAD)).toEqual(["reject"]);
  expect(actsOf(ASKED_OF_OWN, LEAD)).toEqual(["reject"]);
  expect(actsOf(OWN_ASKED, LEAD)).toEqual(["reject"]);
});

test("a change waits for who may approve it or agree to its override", () => {
  const waiting = [STAGED, WAITING, KEPT, ASKED, APPROVED, VERIFIED].filter((each) => waitsForMe(each, LEAD));
  expect(waiting).toEqual([WAITING, ASKED]);
});

test("gates are overridden that are closed and that nobody asked for", () => {
  expect(overridableOf(KEPT)).toEqual(["freeze"]);
  expect(overridableOf(ASKED)).toEqual([]);
  expect(overridableOf(APPROVED)).toEqual([]);
});

test.each([
  ["its author", OWN, LEAD, /^You are its author/],
  ["a developer", WAITING, DEVELOPER, /an SRE or a lead who is not its author/],
  ["a lead while a gate is closed", KEPT, LEAD, /every gate is open or overridden/],
  ["who asked for the override", OWN_ASKED, LEAD, /^You asked for the override/],
  ["the author whose override waits", ASKED_OF_OWN, LEAD, /^You are its author/],
  ["others while an override waits", ASKED, AUDITOR, /^Its override waits for a second person/],
  ["anybody while it is proved", STAGED, LEAD, /once its load snapshot has passed/],
  ["anybody once it is approved", APPROVED, LEAD, /goes to production as planned/],
])("%s is told what a change waits for", (_, change, asker, text) => {
  expect(waitsFor(change, asker)).toMatch(text);
});

test("nothing is waited for by who can decide, nor once it is in production", () => {
  expect(waitsFor(WAITING, LEAD)).toBeNull();
  expect(waitsFor(VERIFIED, LEAD)).toBeNull();
});
