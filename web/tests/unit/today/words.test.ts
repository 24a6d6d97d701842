import { expect, test } from "vitest";
import { occasionOf } from "../../../src/features/today/words";
import { REDIS } from "../../support/runbook-samples";

const RUN = REDIS.run;

test("a run says what had it run: its schedule, a person, or a day that was played", () => {
  if (RUN === null) throw new Error("the sample has a run");
  expect(occasionOf(RUN)).toBe("by its schedule");
  expect(occasionOf({ ...RUN, kind: "manual", by: "grace", reason: "After the resize" })).toBe(
    "by grace: After the resize",
  );
  expect(occasionOf({ ...RUN, kind: "played" })).toBe(
    "played later, on the system as it was then: no evidence",
  );
});
