import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { TimeLeft } from "../../../src/components/TimeLeft";

const [FROM, UNTIL] = ["2026-11-24T16:00:00Z", "2026-11-24T17:00:00Z"];

test.each([
  ["16:00:00", "1:00:00", "100%", "false"],
  ["16:45:00", "15:00", "25%", "false"],
  ["16:54:00", "6:00", "10%", "true"],
  ["18:00:00", "0:00", "0%", "true"],
])("at %s the clock and the bar say what is left", (time, clock, share, isLow) => {
  render(<TimeLeft label="Left" from={FROM} until={UNTIL} now={Date.parse(`2026-11-24T${time}Z`)} />);
  expect(screen.getByRole("timer", { name: "Left" })).toHaveTextContent(clock);
  const bar = screen.getByRole("timer").parentElement?.nextElementSibling;
  expect(bar).toHaveAttribute("data-low", isLow);
  expect(bar?.firstElementChild).toHaveStyle({ inlineSize: share });
});
