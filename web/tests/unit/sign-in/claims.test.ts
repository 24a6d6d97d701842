import { expect, test } from "vitest";
import { claimsOf } from "../../../src/features/sign-in/claims";
import { tokenOf } from "../../support/render";

test("the groups of an access token are read", () => {
  expect(claimsOf(tokenOf(["P09-SRE", "Kundschaft-Zürich"])).groups).toEqual([
    "P09-SRE",
    "Kundschaft-Zürich",
  ]);
});

test.each(["", "token", "a.b.c", `a.${btoa("{}")}.c`, `a.${btoa('{"cognito:groups":"P09-SRE"}')}.c`])(
  "the token %j has no groups",
  (token) => {
    expect(claimsOf(token).groups).toEqual([]);
  },
);

test("who it is stands in the access token", () => {
  const token = tokenOf([], { sub: "7f1c", username: "ada@shop.example" });
  expect(claimsOf(token)).toEqual({ groups: [], subject: "7f1c", username: "ada@shop.example" });
});

test("the name that the pool vouches for comes before the user's id", () => {
  const token = tokenOf([], { username: "7f1c", p09_name: "ada@shop.example" });
  expect(claimsOf(token).username).toBe("ada@shop.example");
});
