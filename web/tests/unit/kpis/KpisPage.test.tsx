import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import KpisPage from "../../../src/features/kpis/KpisPage";
import { FakeKpis } from "../../support/fake-kpis";
import { problem } from "../../support/fake-server";
import { QUIET } from "../../support/kpi-samples";
import { expectNoAxeFindings, renderSignedIn } from "../../support/render";

let server: FakeKpis;

beforeEach(() => {
  server = new FakeKpis();
});

afterEach(() => {
  vi.useRealTimers();
});

const open = (address = "/operations/kpis") => renderSignedIn(<KpisPage />, server, address);
const panel = (name: string) => screen.findByRole("region", { name });

async function card(title: string): Promise<HTMLElement> {
  const link = await screen.findByRole("link", { name: title });
  const found = link.closest("article");
  if (found === null) throw new Error(`${title} stands in no card`);
  return found;
}

/** What has to have arrived before a page is judged as a whole. */
async function everythingShown(title: string): Promise<void> {
  await within(await panel(`${title}: error budget left`)).findByRole("list", { name: "Lines of the chart" });
  await within(await panel("Recent decisions")).findByRole("table");
}

test("a KPI that is met shows its value, target, window, samples, budget and why", async () => {
  open();
  const shown = await card("Availability");
  expect(shown).toHaveTextContent("Met");
  expect(shown).toHaveTextContent("99.9624%");
  expect(shown).toHaveTextContent("Target: 99.9% of requests without a 5xx per calendar month");
  expect(shown).toHaveTextContent("62.4% left");
  expect(shown).toHaveTextContent("464 bad, 1,234.6 allowed");
  expect(shown).toHaveTextContent("Met: 464 of 1,234,560 requests failed with a 5xx");
  expect(shown).toHaveTextContent("calendar month, 1 Nov, 00:00 – 23 Nov, 12:05 · 1,234,560 requests");
  expect(shown).not.toHaveTextContent("What to do");
});

test("what was not measured and what does not count are told", async () => {
  open();
  expect(await card("Availability")).toHaveTextContent(
    "3 slices missing · 62 minutes excluded for planned maintenance",
  );
  expect(await card("p95 latency")).not.toHaveTextContent("missing");
});

test("a breached KPI says what to do, what fires, and by how much its budget is overdrawn", async () => {
  open();
  const shown = await card("p95 latency");
  expect(shown).toHaveTextContent("Breached");
  expect(shown).toHaveTextContent("What to do: Look at the latency by route");
  expect(shown).toHaveTextContent("Overdrawn by 34%");
  expect(shown).toHaveTextContent(
    "Firing: fast burn (page), 18.4× over 1h and 20× over 5m, fires above 14.4×",
  );
  expect(shown).toHaveTextContent("p95 about 341.3 ms (interpolated)");
});

test("what is not known is neither met nor breached", async () => {
  open();
  expect(await card("Error rate")).toHaveTextContent("Insufficient data");
  expect(await card("Error rate")).toHaveTextContent("too few requests to judge");
  expect(await card("Customer-impacting incidents")).toHaveTextContent("No data");
  expect(await card("Customer-impacting incidents")).toHaveTextContent("Not measured");
  expect(await card("Customer-impacting incidents")).not.toHaveTextContent("Error budget");
});

test("the worst KPI is open until another one is chosen, which the address then names", async () => {
  open();
  await panel("p95 latency: error budget left");
  await userEvent.click(screen.getByRole("link", { name: "Availability" }));
  await panel("Availability: error budget left");
  expect(screen.getByRole("link", { name: "Availability" })).toHaveAttribute("aria-current", "true");
  expect(screen.getByRole("link", { name: "p95 latency" })).not.toHaveAttribute("aria-current");
});

test("the address says which KPI is open", async () => {
  open("/operations/kpis?kpi=availability");
  await panel("Availability: error budget left");
});

test("a KPI is chosen by keyboard", async () => {
  open();
  (await screen.findByRole("link", { name: "Error rate" })).focus();
  await userEvent.keyboard("{Enter}");
  await panel("Error rate: error budget left");
});

test("the burn-down is drawn, foretold with its assumption, and can be read as a table", async () => {
  open("/operations/kpis?kpi=availability");
  const shown = await panel("Availability: error budget left");
  await within(shown).findByText(
    /exhausted at 2026-11-27 03:10 UTC, if requests go on as in the last 6 hours/,
  );
  expect(shown).toHaveTextContent("The last 6h burned at 1.42× the even pace.");
  expect(shown).toHaveTextContent("Review below 25%");
  const table = within(shown).getByRole("table", { name: /Error budget left/, hidden: true });
  const cells = within(table)
    .getAllByRole("row", { hidden: true })
    .map(({ textContent }) => textContent);
  expect(cells.slice(1, 3)).toEqual(["23 Nov, 12:0562.4%280,000105", "5 Nov, 00:0080%224,00084"]);
});

test("incidents have no budget, and none is asked for", async () => {
  open("/operations/kpis?kpi=incidents");
  await within(await panel("Recent decisions")).findByRole("table");
  expect(screen.queryByRole("region", { name: /error budget left/ })).not.toBeInTheDocument();
  expect(server.requestsTo("GET /v1/kpis/incidents/burndown")).toEqual([]);
});

test("every burn alert shows its pair, factor, rates and state", async () => {
  open("/operations/kpis?kpi=latency");
  const shown = await panel("Burn alerts");
  const rows = within(shown)
    .getAllByRole("row")
    .map(({ textContent }) => textContent);
  expect(rows[1]).toBe("Fast page14.4×18.4× 1h20× 5mFiring");
  expect(rows[3]).toBe("Slow ticket3×0.4× 1d0.1× 2hQuiet");
});

test("the three availabilities stand beside each other", async () => {
  open("/operations/kpis?kpi=availability");
  const shown = await panel("Availability, three ways");
  expect(shown).toHaveTextContent("99.8765%8 bad of 6,480 slices, 3 missing");
  expect(shown).toHaveTextContent("Probes–0 runs, 0 skipped: no data");
});

test("another target is tried, and nothing is asked before one is typed", async () => {
  open("/operations/kpis?kpi=availability");
  const field = within(await panel("What if the target were another one?")).getByLabelText("At least (%)");
  expect(field).toHaveValue("99.9");
  expect(server.requestsTo("GET /v1/kpis/availability/what-if")).toEqual([]);
  await userEvent.clear(field);
  await userEvent.type(field, "99.95");
  const row = await screen.findByRole("row", { name: /^Budget left/ });
  await waitFor(() => expect(row).toHaveTextContent("62.4%24.8%"));
  expect(server.requestsTo("GET /v1/kpis/availability/what-if").at(-1)?.query.get("target")).toBe("99.95");
  await expectNoAxeFindings();
});

test("a limit that the history can't answer is refused in the API's words", async () => {
  server.on("GET /v1/kpis/latency/what-if", () => problem(422, "150 ms is no bound of the histogram"));
  open("/operations/kpis?kpi=latency");
  const field = await screen.findByLabelText("Within (ms)");
  await userEvent.clear(field);
  await userEvent.type(field, "150");
  expect(await screen.findByText("150 ms is no bound of the histogram")).toBeInTheDocument();
});

test("past decisions show what was announced because of them", async () => {
  open("/operations/kpis?kpi=latency");
  const shown = await panel("Recent decisions");
  expect(await within(shown).findByText("Announced: breached, budget exhausted.")).toBeInTheDocument();
  await userEvent.click(within(shown).getByRole("button", { name: "Show the last 100" }));
  await within(shown).findByText("latency-20261123T094000Z");
  expect(within(shown).queryByRole("button")).not.toBeInTheDocument();
});

test("old verdicts and silence are told before anything else", async () => {
  Object.assign(server.list, { stale: true, silent: true });
  open();
  const banners = await screen.findAllByRole("alert");
  expect(banners[0]).toHaveTextContent("The evaluator has not run since 23 Nov, 12:05 UTC");
  expect(banners[1]).toHaveTextContent("No request is being measured");
});

test("before the first evaluation there is nothing but that", async () => {
  server.list = { evaluated_at: null, stale: true, silent: false, kpis: [] };
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("Not evaluated yet");
  expect(screen.queryByRole("article")).not.toBeInTheDocument();
  await expectNoAxeFindings();
});

test("another evaluation appears by itself, and what hangs on it is asked anew", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open("/operations/kpis?kpi=latency");
  await everythingShown("p95 latency");
  const fine = { verdict: "met", burn_alerts: QUIET, decision: "latency-20261123T121000Z" } as const;
  server.set("latency", fine);
  await act(() => vi.advanceTimersByTimeAsync(10_000));
  await waitFor(async () => expect(await card("p95 latency")).toHaveTextContent("Met"));
  expect(await card("p95 latency")).not.toHaveTextContent("Firing");
  await waitFor(() => expect(server.requestsTo("GET /v1/kpis/latency/burndown")).toHaveLength(2));
  expect(await panel("p95 latency: error budget left")).toBeInTheDocument();
});

test("the same evaluation is not asked about twice", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open("/operations/kpis?kpi=latency");
  await everythingShown("p95 latency");
  await act(() => vi.advanceTimersByTimeAsync(10_000));
  await waitFor(() => expect(server.requestsTo("GET /v1/kpis")).toHaveLength(2));
  expect(server.requestsTo("GET /v1/kpis/latency/burndown")).toHaveLength(1);
});

test("live updates can be paused", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });
  open();
  await everythingShown("p95 latency");
  await user.click(screen.getByRole("button", { name: /Live/ }));
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(server.requestsTo("GET /v1/kpis")).toHaveLength(1);
});

test("a problem is told, and another try mends it", async () => {
  const answer = server.list;
  server.on("GET /v1/kpis", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  await expectNoAxeFindings();
  server.on("GET /v1/kpis", answer);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await card("Availability");
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test.each(["availability", "latency", "error_rate"])(
  "the page has no accessibility findings (%s)",
  async (id) => {
    open(`/operations/kpis?kpi=${id}`);
    await everythingShown(server.kpi(id).title);
    await expectNoAxeFindings();
  },
);
