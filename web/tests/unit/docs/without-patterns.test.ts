import { expect, test } from "vitest";
import { withoutPatterns } from "../../../src/docs/without-patterns";

test("regular expressions are taken out wherever they are, and nothing else", () => {
  const description = {
    items: [{ type: "string", pattern: "^[^\\x00]*$", maxLength: 9 }],
    properties: { map: { patternProperties: { "^a": { type: "null" } }, maxProperties: 30 } },
  };
  expect(withoutPatterns(description)).toEqual({
    items: [{ type: "string", maxLength: 9 }],
    properties: { map: { maxProperties: 30 } },
  });
});

test("a property that is called pattern stays", () => {
  const description = { properties: { pattern: { type: "string" } } };
  expect(withoutPatterns(description)).toEqual(description);
});
