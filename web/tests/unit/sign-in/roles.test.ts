import { expect, test } from "vitest";
import { groupsOf } from "../../../src/features/sign-in/roles";
import { tokenOf } from "../../support/render";

test("the groups of an access token are read", () => {
  expect(groupsOf(tokenOf(["P09-SRE", "Kundschaft-Zürich"]))).toEqual(["P09-SRE", "Kundschaft-Zürich"]);
});

test.each(["", "token", "a.b.c", `a.${btoa("{}")}.c`, `a.${btoa('{"cognito:groups":"P09-SRE"}')}.c`])(
  "the token %j has no groups",
  (token) => {
    expect(groupsOf(token)).toEqual([]);
  },
);
