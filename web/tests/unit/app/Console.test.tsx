import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Console } from "../../../src/app/Console";
import { NEVER } from "../../support/backup-samples";
import { FakeAnalytics, SHOP } from "../../support/fake-analytics";
import { ADA, FakeOrganisation, GRACE, TOKEN } from "../../support/fake-organisation";
import { FakeServer, json } from "../../support/fake-server";
import { LIST } from "../../support/kpi-samples";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";
import { TABLE } from "../../support/runbook-samples";

function open(address: string, groups: readonly string[]) {
  const server = new FakeAnalytics();
  server.totals = { visitors: 5 };
  server.on("GET /v1/kpis", () => json({ ...LIST, kpis: [] }));
  server.on("GET /v1/runbook", TABLE);
  server.on("GET /v1/backups", NEVER);
  server.on("GET /v1/drills", { drills: [], next_cursor: null });
  server.on("GET /v1/calendar", { entries: [], next_cursor: null });
  renderSignedIn(<Console />, server, address, tokenOf(groups));
  return server;
}

test("who operates P09 goes from the traffic to the day’s tasks, to the KPIs and back", async () => {
  open("/sites/1", ["P09-SRE"]);
  await screen.findByRole("heading", { name: "Traffic" });
  expect(screen.getByRole("link", { name: "Traffic" })).toHaveAttribute("aria-current", "page");
  await userEvent.click(screen.getByRole("link", { name: "Operations" }));
  await screen.findByRole("heading", { name: "Today" });
  expect(screen.getByRole("link", { name: "Today" })).toHaveAttribute("aria-current", "page");
  await userEvent.click(screen.getByRole("link", { name: "KPIs" }));
  await screen.findByRole("heading", { name: "KPIs" });
  expect(screen.getByRole("link", { name: "Operations" })).toHaveAttribute("aria-current", "page");
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("link", { name: "Traffic" }));
  await screen.findByRole("heading", { name: "Traffic" });
});

test.each(["/operations/kpis", "/kpis"])(
  "at %s a customer's person is told whom it is for",
  async (address) => {
    const server = open(address, ["Northwind"]);
    await screen.findByRole("heading", { name: "This page is not for your role" });
    expect(screen.queryByRole("navigation", { name: /Main|Operations/ })).not.toBeInTheDocument();
    expect(server.requestsTo("GET /v1/kpis")).toEqual([]);
  },
);

test("the addresses that messages link to lead to the pages of operations", async () => {
  open("/calendar?month=2026-12", ["P09-SRE"]);
  expect(await screen.findByRole("table", { name: "December 2026" })).toBeInTheDocument();
});

test("the evidence of backups links to their page", async () => {
  open("/backups", ["P09-DBA"]);
  expect(await screen.findByRole("heading", { level: 1, name: "Backups" })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Backups" })).toHaveAttribute("aria-current", "page");
});

test("the audit trail is offered to whom it is for", async () => {
  open("/operations/today", ["P09-DBA"]);
  await screen.findByRole("heading", { name: "Today" });
  expect(screen.getByRole("link", { name: "Access" })).toBeInTheDocument();
  expect(screen.queryByRole("link", { name: "Audit" })).not.toBeInTheDocument();
});

test("who may not read the audit trail is told who may", async () => {
  const server = open("/operations/audit", ["P09-DBA"]);
  await screen.findByRole("heading", { name: "This page is not for your role" });
  expect(
    screen.getByText(/^Audit is for P09-Auditor, P09-Lead and P09-SRE. You have P09-DBA.$/),
  ).toBeVisible();
  expect(server.requestsTo("GET /v1/audit")).toEqual([]);
  await expectNoAxeFindings();
});

test("an owner goes from the dashboard to the keys, the people and the audit trail of their site", async () => {
  const server = new FakeOrganisation()
    .on("GET /v1/sites", { sites: [SHOP], next_cursor: null })
    .on(`GET /v1/organisations/${SHOP.organisation_id}/audit`, { rows: [], next_cursor: null });
  renderSignedIn(<Console />, server, "/sites/1/keys", tokenOf([], { sub: ADA }));
  await screen.findByRole("heading", { name: "Keys" });
  const pages = await screen.findByRole("navigation", { name: "Site" });
  expect(within(pages).getByRole("link", { current: "page" })).toHaveTextContent("Keys");
  await userEvent.click(within(pages).getByRole("link", { name: "People" }));
  await screen.findByRole("heading", { name: "People" });
  await userEvent.click(await within(pages).findByRole("link", { name: "Audit" }));
  expect(await screen.findByRole("heading", { name: "Nothing was done yet" })).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("who is no owner is not offered the audit trail", async () => {
  const server = new FakeOrganisation().on("GET /v1/sites", { sites: [SHOP], next_cursor: null });
  renderSignedIn(<Console />, server, "/sites/1/people", tokenOf([], { sub: GRACE }));
  await screen.findByRole("button", { name: "Leave: Grace" });
  expect(screen.queryByRole("link", { name: "Audit" })).not.toBeInTheDocument();
});

test("the audit trail of an organisation is for its owners", async () => {
  const server = new FakeOrganisation().on("GET /v1/sites", { sites: [SHOP], next_cursor: null });
  renderSignedIn(<Console />, server, "/sites/1/audit", tokenOf([], { sub: GRACE }));
  expect(await screen.findByText("The audit trail of an organisation is for its owners.")).toBeVisible();
});

test("an invitation's link leads to its page, for whoever signed in", async () => {
  renderSignedIn(<Console />, new FakeServer(), `/invitation#${TOKEN}`, tokenOf([]));
  expect(await screen.findByRole("button", { name: "Accept the invitation" })).toBeInTheDocument();
});

test("a page that fails leaves the navigation, which leads to pages that work", async () => {
  const server = new FakeAnalytics().on("GET /v1/kpis", {}).on("GET /v1/runbook", TABLE);
  const caught: unknown[] = [];
  renderSignedIn(<Console />, server, "/operations/kpis", tokenOf(["P09-SRE"]), (error) =>
    caught.push(error),
  );
  await screen.findByRole("heading", { name: "This page could not be shown" });
  expect(caught).toHaveLength(1);
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("link", { name: "Today" }));
  await screen.findByRole("heading", { name: "Today" });
});

test("a panel of a page that fails leaves the page's other panels", async () => {
  const server = new FakeAnalytics().on("GET /v1/backups", NEVER).on("GET /v1/drills", { drills: [{}] });
  renderSignedIn(<Console />, server, "/operations/backups", tokenOf(["P09-DBA"]), () => {});
  expect(await screen.findByRole("alert")).toHaveTextContent("This part of the page could not be shown");
  expect(screen.getByRole("heading", { level: 1, name: "Backups" })).toBeInTheDocument();
  expect(await screen.findByRole("region", { name: "The last verification" })).toBeInTheDocument();
});

test.each(["/nosuchpage", "/sites/1/nosuch", "/operations/nosuch"])(
  "an address that leads nowhere says so: %s",
  async (address) => {
    open(address, ["P09-SRE"]);
    expect(await screen.findByRole("heading", { level: 1, name: "Page not found" })).toBeInTheDocument();
    expect(screen.getByText(address)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "To your own pages" })).toHaveAttribute("href", "/");
    await expectNoAxeFindings();
  },
);
