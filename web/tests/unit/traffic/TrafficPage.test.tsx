import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { TrafficPage } from "../../../src/features/traffic/TrafficPage";
import { FakeAnalytics, SHOP } from "../../support/fake-analytics";
import { problem } from "../../support/fake-server";
import { expectNoAxeFindings, metricTile, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeAnalytics;

beforeEach(() => {
  server = new FakeAnalytics();
  server.totals = {
    visitors: 18_432,
    visits: 21_907,
    pageviews: 52_310,
    bounce_rate: 41,
    visit_duration: 154,
  };
  server.totals.views_per_visit = 2.39;
  server.breakdowns["event:page"] = [
    ["/", 9_120, 12_804],
    ["/pricing", 402, 512],
  ];
  server.breakdowns["visit:source"] = [
    ["Direct / None", 8_001, 10_002],
    ["google.com", 403, 617],
  ];
  server.breakdowns["visit:country"] = [
    ["DE", 5_120, 9_001],
    ["(unknown)", 77, 91],
  ];
  server.buckets = [
    ["2020-01-01", 7],
    ["2020-01-02", 11],
  ];
});

const open = (address = "/") => renderSignedIn(<TrafficPage site={SHOP} />, server, address, tokenOf([]));
const pageRow = (page: string) => screen.findByRole("row", { name: new RegExp(`^${page} `) });

test("the totals of a period are shown in words that people read", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  expect(metricTile("Visits")).toHaveTextContent("21,907");
  expect(metricTile("Pageviews")).toHaveTextContent("52,310");
  expect(metricTile("Views per visit")).toHaveTextContent("2.39");
  expect(metricTile("Bounce rate")).toHaveTextContent("41%");
  expect(metricTile("Visit duration")).toHaveTextContent("2m 34s");
});

test("the time series can be read as a table", async () => {
  open("/?range=7d");
  const table = await screen.findByRole("table", { name: "Visitors over time" });
  const cells = within(table).getAllByRole("cell");
  expect(cells.map(({ textContent }) => textContent)).toEqual(["7", "11"]);
});

test("the top pages are shown with their visitors and pageviews", async () => {
  open();
  expect(await pageRow("/pricing")).toHaveTextContent("402512");
});

test("the top sources are shown, and what came without one is named", async () => {
  open();
  const table = await screen.findByRole("table", { name: "Top sources" });
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows.map(({ textContent }) => textContent)).toEqual([
    "Direct / None8,00110,002",
    "google.com403617",
  ]);
});

test("the top countries are shown by their names, and those that nobody knows as such", async () => {
  open();
  const table = await screen.findByRole("table", { name: "Top countries" });
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows.map(({ textContent }) => textContent)).toEqual(["Germany5,1209,001", "(unknown)7791"]);
});

test("a panel shows another dimension when it is chosen, and asks only for the one that it shows", async () => {
  server.breakdowns["visit:browser"] = [["Firefox", 31, 44]];
  server.breakdowns["visit:os"] = [["Android", 7, 9]];
  open();
  const panel = await screen.findByRole("region", { name: "Top browsers" });
  expect(await within(panel).findByRole("row", { name: /Firefox/ })).toHaveTextContent("3144");
  expect(server.queries().some(({ dimensions }) => dimensions?.includes("visit:os"))).toBe(false);
  await userEvent.click(within(panel).getByRole("radio", { name: "Systems" }));
  expect(await within(panel).findByRole("row", { name: /Android/ })).toHaveTextContent("79");
  expect(panel).toHaveAccessibleName("Top operating systems");
  expect(within(panel).queryByRole("row", { name: /Firefox/ })).not.toBeInTheDocument();
});

test("one line says what was left out of the numbers of the period", async () => {
  server.leftOut = { bots: { visitors: 12, events: 40 }, excluded: { address: 3 } };
  open();
  expect(
    await screen.findByText("Left out: 12 bots with 40 events; 3 events from excluded addresses"),
  ).toBeInTheDocument();
});

test("nothing is said where nothing was left out", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  expect(screen.queryByText(/Left out/)).not.toBeInTheDocument();
});

test("a site that waits for its first event says what arrived and was left out", async () => {
  server.totals = {};
  server.everHadEvents = false;
  server.leftOut = { bots: { visitors: 0, events: 0 }, excluded: { hostname: 1 } };
  open();
  expect(await screen.findByRole("heading", { name: /Waiting for the first visit/ })).toBeInTheDocument();
  expect(screen.getByText("Left out: 1 event from hosts that are not allowed")).toBeInTheDocument();
});

test("the page has no accessibility findings", async () => {
  open();
  await pageRow("/pricing");
  await screen.findByRole("table", { name: "Visitors over time" });
  await expectNoAxeFindings();
});

test("a new visit appears by itself, with what it changed", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  server.totals = { ...server.totals, visitors: 18_433 };
  server.breakdowns["event:page"] = [
    ["/", 9_120, 12_804],
    ["/pricing", 403, 513],
  ];
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,433+1"));
  await waitFor(async () => expect(await pageRow("/pricing")).toHaveTextContent("403+1513+1"));
});

test("live updates can be paused", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  await userEvent.click(screen.getByRole("button", { name: /Live/ }));
  expect(screen.getByRole("button", { name: /Paused/ })).toHaveAttribute("aria-pressed", "false");
});

test("the address says which period and metric are shown", async () => {
  open("/?range=7d&metric=pageviews");
  expect(await screen.findByRole("table", { name: "Pageviews over time" })).toBeInTheDocument();
  expect(metricTile("Pageviews")).toHaveAttribute("aria-pressed", "true");
  const series = server.queries().find(({ dimensions }) => dimensions?.includes("time:day"));
  expect(series?.date_range).toBe("7d");
});

test("another period is asked for when it is chosen", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  await userEvent.click(screen.getByRole("radio", { name: "All time" }));
  await waitFor(() => expect(server.queries().at(-1)?.date_range).toBe("all"));
});

test("another metric is drawn when its total is chosen", async () => {
  open();
  await waitFor(() => expect(metricTile("Bounce rate")).toHaveTextContent("41%"));
  await userEvent.click(metricTile("Bounce rate"));
  expect(await screen.findByRole("table", { name: "Bounce rate over time" })).toBeInTheDocument();
});

test("more pages are shown on request", async () => {
  server.breakdowns["event:page"] = Array.from({ length: 12 }, (_, index) => [
    `/page-${index}`,
    20 - index,
    30,
  ]);
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Show all 12 pages" }));
  expect(await pageRow("/page-11")).toBeInTheDocument();
});

test("a site without any event says how to send one", async () => {
  server.totals = {};
  server.everHadEvents = false;
  open();
  expect(await screen.findByRole("heading", { name: /Waiting for the first visit/ })).toBeInTheDocument();
  expect(screen.getByText(/data-domain="shop.example"/)).toBeInTheDocument();
  expect(screen.getByText(/curl .*\/v1\/events/)).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("the numbers take over when the first event arrives", async () => {
  server.totals = {};
  server.everHadEvents = false;
  open();
  await screen.findByRole("heading", { name: /Waiting for the first visit/ });
  server.totals = { visitors: 1, pageviews: 1 };
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("1"));
});

test("an empty period of a site that has events is shown as zeros", async () => {
  server.totals = {};
  server.breakdowns["event:page"] = [];
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("0"));
  expect(await screen.findByText("No pages were viewed in this period.")).toBeInTheDocument();
});

test("a write key is made on request and put into the command, once", async () => {
  server.totals = {};
  server.everHadEvents = false;
  server.on("POST /v1/sites/1/keys", { key: "p09w_new" });
  open();
  await userEvent.click(await screen.findByRole("button", { name: /Make a write key/ }));
  expect(await screen.findByText(/Bearer p09w_new/)).toBeInTheDocument();
  expect(server.requestsTo("POST /v1/sites/1/keys")[0]?.body).toEqual({ kind: "ingest" });
});

test("a viewer is told who makes keys, and not offered to", async () => {
  server.totals = {};
  server.everHadEvents = false;
  server.belongsTo("viewer");
  open();
  expect(await screen.findByText("Owners and editors of the organisation make keys.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Make a write key/ })).not.toBeInTheDocument();
});

test("a problem is told once, in the words of its document, and goes when the API answers again", async () => {
  server.on("POST /v1/query", () => problem(503, "PostgreSQL can't be reached; try again in a moment"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
  expect(screen.getAllByRole("alert")).toHaveLength(1);
  server.answerQueries();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("a panel whose numbers can't be had says so itself, and the rest of the page goes on", async () => {
  server.refuse("event:page", () => problem(503, "The query took longer than 20 seconds"));
  open();
  const panel = await screen.findByRole("region", { name: "Top pages" });
  expect(await within(panel).findByRole("alert")).toHaveTextContent("longer than 20 seconds");
  expect(metricTile("Visitors")).toHaveTextContent("18,432");
  server.answerQueries();
  await userEvent.click(within(panel).getByRole("button", { name: "Try again" }));
  expect(await pageRow("/pricing")).toHaveTextContent("402512");
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("numbers stay while newer ones can't be had", async () => {
  open();
  await waitFor(() => expect(metricTile("Visitors")).toHaveTextContent("18,432"));
  server.on("POST /v1/query", () => problem(503, "PostgreSQL can't be reached"));
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
  expect(metricTile("Visitors")).toHaveTextContent("18,432");
  expect(screen.getByRole("button", { name: /Reconnecting/ })).toBeInTheDocument();
});
