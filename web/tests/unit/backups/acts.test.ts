import { expect, test } from "vitest";
import { actsOf, waitsFor } from "../../../src/features/backups/acts";
import { FAILED, RUNNING, SIGNED, WAITING } from "../../support/backup-samples";

const dba = { maySign: true, mayPoint: true, mayAbort: true };
const OWN = { ...WAITING, own: true };
const lead = { maySign: false, mayPoint: false, mayAbort: false };
const sre = { maySign: false, mayPoint: true, mayAbort: true };
const RESTORE = { ...WAITING, kind: "restore" } as const;

test.each([
  ["a DBA who did not start it decides on a drill that waits", WAITING, dba, ["sign", "reject", "abort"]],
  ["who started it may only end it", OWN, dba, ["abort"]],
  ["staging can be pointed to a restore that waits for its sign-off", RESTORE, sre, ["point", "abort"]],
  ["it is pointed there once", { ...RESTORE, staging: "https://staging.example" }, sre, ["abort"]],
  ["a drill's database is gone by then", WAITING, sre, ["abort"]],
  ["who is no DBA decides nothing", WAITING, lead, []],
  ["nothing but its end is offered while it runs", RUNNING, dba, ["abort"]],
  ["any DBA promotes what was signed off", SIGNED, dba, ["promote", "discard", "abort"]],
  ["nothing is offered once it has ended", FAILED, dba, []],
] as const)("%s", (_, drill, asker, acts) => {
  expect(actsOf(drill, asker)).toEqual(acts);
});

test("who is not offered the decision is told whom it waits for", () => {
  expect(waitsFor(OWN, dba)).toMatch(/You started it/);
  expect(waitsFor(WAITING, lead)).toMatch(/a DBA who did not start it/);
  expect(waitsFor(SIGNED, lead)).toMatch(/a DBA to put/);
  expect(waitsFor(WAITING, dba)).toBeNull();
  expect(waitsFor(RUNNING, dba)).toBeNull();
});
