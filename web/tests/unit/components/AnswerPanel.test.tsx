import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ComponentProps } from "react";
import { MemoryRouter } from "react-router";
import { expect, test, vi } from "vitest";
import { AnswerPanel } from "../../../src/components/AnswerPanel";

type Given = Partial<ComponentProps<typeof AnswerPanel<string>>>;

function open(given: Given): HTMLElement {
  render(
    <MantineProvider env="test">
      <MemoryRouter>
        <AnswerPanel title="Deliveries" data={undefined} problem={null} height={100} {...given}>
          {(data) => <p>{data}</p>}
        </AnswerPanel>
      </MemoryRouter>
    </MantineProvider>,
  );
  return screen.getByRole("region", { name: "Deliveries" });
}

test("A panel is busy until its first answer", () => {
  expect(open({}).getAttribute("aria-busy")).toBe("true");
});

test("An answer that is there stays while a later one is on its way", () => {
  const panel = open({ data: "Three", isBusy: true });
  expect(panel.getAttribute("aria-busy")).toBe("true");
  within(panel).getByText("Three");
});

test("An answer stays when a later one fails, which is said above it and can be tried again", async () => {
  const retry = vi.fn();
  const panel = open({ data: "Three", problem: new Error("it broke"), retry });
  expect(panel.getAttribute("aria-busy")).toBe("false");
  within(panel).getByText("Three");
  within(panel).getByText("It broke");
  await userEvent.click(within(panel).getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("A panel does not say again what the page has said", () => {
  const panel = open({ problem: new Error("it broke"), isToldAlready: true });
  expect(within(panel).queryByText("It broke")).toBeNull();
});
