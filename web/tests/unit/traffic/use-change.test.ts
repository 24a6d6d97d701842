import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useChange } from "../../../src/features/traffic/use-change";

function watch(value: number | null, subject = "today") {
  return renderHook((props) => useChange(props.value, props.subject), { initialProps: { value, subject } });
}

test("a number that was never another one did not change", () => {
  const { result, rerender } = watch(5);
  rerender({ value: 5, subject: "today" });
  expect(result.current).toBeNull();
});

test("a number that moved says by how much, each time anew", () => {
  const { result, rerender } = watch(5);
  rerender({ value: 8, subject: "today" });
  expect(result.current).toEqual({ by: 3, turn: 1 });
  rerender({ value: 7, subject: "today" });
  expect(result.current).toEqual({ by: -1, turn: 2 });
});

test("the last change stays while nothing moves", () => {
  const { result, rerender } = watch(5);
  rerender({ value: 8, subject: "today" });
  rerender({ value: 8, subject: "today" });
  expect(result.current).toEqual({ by: 3, turn: 1 });
});

test("the answer to another question is no change", () => {
  const { result, rerender } = watch(5);
  rerender({ value: 900, subject: "30 days" });
  expect(result.current).toBeNull();
});
