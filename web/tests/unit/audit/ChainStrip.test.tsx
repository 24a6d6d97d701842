import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { ChainStrip } from "../../../src/features/audit/ChainStrip";

const CHAIN = { verified: 10, until: 10, isAnchored: true, findings: [] };

function marksOf(findings: { first: number; last: number; what: string }[]) {
  const { container } = render(<ChainStrip found={{ ...CHAIN, findings }} />);
  return [...(container.firstElementChild?.firstElementChild?.children ?? [])];
}

test("what was altered is drawn at its place in the chain", () => {
  const [mark, ...others] = marksOf([{ first: 3, last: 5, what: "altered" }]);
  expect(mark).toHaveStyle({ insetInlineStart: "20%", inlineSize: "30%" });
  expect(others).toEqual([]);
});

test("what was cut off behind the last row is drawn at the end", () => {
  const [mark] = marksOf([{ first: 11, last: 14, what: "cut off" }]);
  expect(mark).toHaveStyle({ insetInlineStart: "90%", inlineSize: "10%" });
});

test("an empty chain has no picture", () => {
  const { container } = render(<ChainStrip found={{ ...CHAIN, verified: 0, until: 0 }} />);
  expect(container).toBeEmptyDOMElement();
});
