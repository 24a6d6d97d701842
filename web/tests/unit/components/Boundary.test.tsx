import { useQuery } from "@tanstack/react-query";
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { beforeEach, expect, test } from "vitest";
import { useApi } from "../../../src/api/context";
import { Boundary } from "../../../src/components/Boundary";
import { PageFailure } from "../../../src/components/Failure";
import { Panel } from "../../../src/components/Panel";
import { Parts } from "../../../src/components/Parts";
import { FakeServer, json } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn } from "../../support/render";

let caught: unknown[];
let isBroken: boolean;

beforeEach(() => {
  caught = [];
  isBroken = true;
});

function open(page: ReactNode, server = new FakeServer()) {
  renderSignedIn(<main>{page}</main>, server, "/", "token", (error) => caught.push(error));
}

function Fragile() {
  if (isBroken) throw new TypeError("undefined is not a function");
  return <p>It works</p>;
}

/** Fails before it has drawn its panel. */
function FragilePanel() {
  if (isBroken) throw new TypeError("undefined is not a function");
  return <Panel title="Deliveries">It works</Panel>;
}

function Sites() {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["sites"],
    queryFn: async () => (await api.GET("/v1/sites")).data,
  });
  return data === undefined ? null : <p>{data.sites.length} sites</p>;
}

test("a panel whose content fails says so below its title, and its neighbours live", async () => {
  open(
    <Parts>
      <Panel title="Deliveries">
        <Fragile />
      </Panel>
      <Panel title="Story">Once upon a time</Panel>
    </Parts>,
  );
  const failed = screen.getByRole("region", { name: "Deliveries" });
  expect(within(failed).getByRole("alert")).toHaveTextContent("This part of the page could not be shown");
  expect(screen.queryByText(/undefined/)).not.toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Story" })).toHaveTextContent("Once upon a time");
  expect(caught).toHaveLength(1);
  await expectNoAxeFindings();
});

test("a part that fails before it has drawn its panel leaves the other parts as they are", () => {
  open(
    <Parts>
      <FragilePanel />
      <Panel title="Story">Once upon a time</Panel>
    </Parts>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent("This part of the page could not be shown");
  expect(screen.getByRole("region", { name: "Story" })).toHaveTextContent("Once upon a time");
});

test("another try draws the panel again and moves the focus to it", async () => {
  open(
    <Panel title="Deliveries">
      <Fragile />
    </Panel>,
  );
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("It works")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Deliveries" })).toHaveFocus();
});

test("another try that fails as well says so again", async () => {
  open(
    <Panel title="Deliveries">
      <Fragile />
    </Panel>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("This part of the page could not be shown");
  expect(caught).toHaveLength(2);
});

test("another try asks the API again for the answer that could not be shown", async () => {
  const server = new FakeServer().on("GET /v1/sites", { sites: null });
  open(
    <Panel title="Sites">
      <Sites />
    </Panel>,
    server,
  );
  await screen.findByRole("alert");
  server.on("GET /v1/sites", () => json({ sites: [], next_cursor: null }));
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("0 sites")).toBeInTheDocument();
});

test("a page that fails takes the focus to what it says, and another address is another try", async () => {
  open(
    <>
      <Link to="/other">Elsewhere</Link>
      <Boundary fallback={PageFailure}>
        <Fragile />
      </Boundary>
    </>,
  );
  const heading = screen.getByRole("heading", { level: 1, name: "This page could not be shown" });
  expect(heading).toHaveFocus();
  expect(document.title).toBe("Page not shown · P09");
  await expectNoAxeFindings();

  isBroken = false;
  await userEvent.click(screen.getByRole("link", { name: "Elsewhere" }));
  expect(await screen.findByText("It works")).toBeInTheDocument();
});

test("another try of a page moves the focus to the page", async () => {
  open(
    <Boundary fallback={PageFailure}>
      <Fragile />
    </Boundary>,
  );
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("It works")).toBeInTheDocument();
  expect(screen.getByRole("main")).toHaveFocus();
});
