import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import CalendarPage from "../../../src/features/calendar/CalendarPage";
import { ENTRIES, FREEZE, NOW, UPGRADE } from "../../support/calendar-samples";
import { FakeServer, json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";
import { TABLE } from "../../support/runbook-samples";

let server: FakeServer;
let entries: typeof ENTRIES;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) });
  entries = structuredClone(ENTRIES);
  server = new FakeServer()
    .on("GET /v1/calendar", ({ query }) => json(page(query.get("cursor"))))
    .on("GET /v1/runbook", TABLE)
    .on("POST /v1/calendar", () => json(UPGRADE, 201))
    .on(`PATCH /v1/calendar/${UPGRADE.id}`, () => json(UPGRADE))
    .on(`POST /v1/calendar/${FREEZE.id}/cancel`, () => json(FREEZE));
});

afterEach(() => {
  vi.useRealTimers();
});

/** One entry a page, so that who reads only the first one is found out. */
function page(cursor: string | null) {
  const index = cursor === null ? 0 : Number(cursor);
  return {
    entries: entries.slice(index, index + 1),
    next_cursor: index + 1 < entries.length ? String(index + 1) : null,
  };
}

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

const open = (search = "", role = "P09-SRE") =>
  renderSignedIn(<CalendarPage />, server, `/operations/calendar${search}`, tokenOf([role]));

const grid = () => screen.findByRole("table", { name: "November 2026" });

test("the month shows each entry through its days, and today", async () => {
  open();
  const bars = within(await grid()).getAllByRole("button", { name: /^freeze: Black Friday/ });
  expect(bars).toHaveLength(12);
  expect(within(await grid()).getByRole("cell", { current: "date" })).toHaveTextContent("23");
  expect(screen.getByText(/^1 under way · 1 planned in this month/)).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("the list says when, how long, by whom and why", async () => {
  open();
  const item = (await screen.findByText("PostgreSQL 18 upgrade", { selector: "li > span" })).closest("li");
  expect(item).toHaveTextContent("MaintenancePlanned");
  expect(item).toHaveTextContent("26 Nov, 22:00 – 27 Nov, 00:00 · 2 hours · planned by grace · analytics");
  expect(screen.getByText("Ended early: it took ten minutes.")).toBeInTheDocument();
});

test("a bar leads to its entry", async () => {
  open();
  const [bar] = within(await grid()).getAllByRole("button", { name: /PostgreSQL/ });
  if (!bar) throw new Error("PostgreSQL has no bar");
  await user().click(bar);
  const item = screen.getByText("PostgreSQL 18 upgrade", { selector: "li > span" }).closest("li");
  expect(item).toHaveAttribute("data-chosen", "true");
});

test("a maintenance of chosen components is planned in UTC", async () => {
  open();
  const person = user();
  await grid();
  await person.click(screen.getByRole("button", { name: "Plan" }));
  await person.type(await screen.findByLabelText("Title"), "Move to Graviton");
  await person.type(screen.getByLabelText("Begins (UTC)"), "2026-12-03 22:00");
  await person.type(screen.getByLabelText("Ends (UTC)"), "2026-12-03 23:30");
  await person.type(screen.getByLabelText("Reason"), "Faster machines");
  await person.click(await screen.findByRole("checkbox", { name: "Analytics" }));
  await person.click(screen.getByRole("checkbox", { name: "Console" }));
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "Plan it" }));
  await waitFor(() =>
    expect(server.requestsTo("POST /v1/calendar")[0]?.body).toEqual({
      kind: "maintenance",
      title: "Move to Graviton",
      reason: "Faster machines",
      start: "2026-12-03T22:00:00Z",
      end: "2026-12-03T23:30:00Z",
      components: ["console", "analytics"],
    }),
  );
});

test("a maintenance of nothing is refused where components are chosen", async () => {
  const words = "name those that it concerns";
  const detail = `components: ${words}`;
  server.on("POST /v1/calendar", () =>
    problem(422, detail, { errors: [{ pointer: "#/components", detail }] }),
  );
  open();
  const person = user();
  await grid();
  await person.click(screen.getByRole("button", { name: "Plan" }));
  await person.type(await screen.findByLabelText("Title"), "Move to Graviton");
  await person.type(screen.getByLabelText("Begins (UTC)"), "2026-12-03 22:00");
  await person.type(screen.getByLabelText("Ends (UTC)"), "2026-12-03 23:30");
  await person.type(screen.getByLabelText("Reason"), "Faster machines");
  await screen.findByRole("checkbox", { name: "Analytics" });
  await person.click(screen.getByRole("button", { name: "Plan it" }));
  const choice = screen.getByRole("group", { name: "What it concerns" });
  await waitFor(() => expect(choice).toHaveAccessibleDescription(expect.stringContaining(words)));
});

test("the components of an entry are chosen anew, and what the runbook has no longer can be taken back", async () => {
  entries[2] = { ...UPGRADE, components: ["analytics", "mainframe"] };
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Change: PostgreSQL 18 upgrade" }));
  expect(await screen.findByRole("checkbox", { name: "Analytics" })).toBeChecked();
  await person.click(screen.getByRole("checkbox", { name: "mainframe" }));
  await person.click(screen.getByRole("button", { name: "Save the change" }));
  await waitFor(() =>
    expect(server.requestsTo(`PATCH /v1/calendar/${UPGRADE.id}`)[0]?.body).toEqual({
      components: ["analytics"],
    }),
  );
});

test("entries whose components can't be listed keep them", async () => {
  server.on("GET /v1/runbook", () => problem(503, "DynamoDB can't be reached"));
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Change: PostgreSQL 18 upgrade" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  await person.type(screen.getByLabelText("Title"), "!");
  await person.click(screen.getByRole("button", { name: "Save the change" }));
  await waitFor(() =>
    expect(server.requestsTo(`PATCH /v1/calendar/${UPGRADE.id}`)[0]?.body).toEqual({
      title: "PostgreSQL 18 upgrade!",
    }),
  );
});

test("what can't be planned is refused in the API's words", async () => {
  server.on("POST /v1/calendar", () =>
    problem(422, "the end must be after the start", {
      errors: [{ pointer: "#/end", detail: "is too early" }],
    }),
  );
  open();
  const person = user();
  await grid();
  await person.click(screen.getByRole("button", { name: "Plan" }));
  await person.type(await screen.findByLabelText("Title"), "Backwards");
  await person.type(screen.getByLabelText("Begins (UTC)"), "2026-12-03 22:00");
  await person.type(screen.getByLabelText("Ends (UTC)"), "2026-12-03 21:00");
  await person.type(screen.getByLabelText("Reason"), "None");
  await person.click(screen.getByRole("button", { name: "Plan it" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The end must be after the start");
});

test("a change sends only what becomes another value", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Change: PostgreSQL 18 upgrade" }));
  const end = screen.getByLabelText("Ends (UTC)");
  expect(end).toHaveValue("2026-11-27 00:00");
  await person.clear(end);
  await person.type(end, "2026-11-27 01:00");
  await person.click(screen.getByRole("button", { name: "Save the change" }));
  await waitFor(() =>
    expect(server.requestsTo(`PATCH /v1/calendar/${UPGRADE.id}`)[0]?.body).toEqual({
      end: "2026-11-27T01:00:00Z",
    }),
  );
});

test("what has begun is ended with a reason", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "End now: Black Friday" }));
  await person.type(screen.getByLabelText("Why?"), "Over already");
  await person.click(screen.getByRole("button", { name: "End it now" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/calendar/${FREEZE.id}/cancel`)[0]?.body).toEqual({
      reason: "Over already",
    }),
  );
});

test("what begins during an outage waits for a second person, who confirms it", async () => {
  const waiting = { ...UPGRADE, state: "waiting" as const, during: "INC-20261123-155200-3f9a0c" };
  entries = [waiting];
  server.on(`POST /v1/calendar/${UPGRADE.id}/second`, () => {
    entries = [{ ...waiting, state: "active", second_by: "alan" }];
    return json(entries[0]);
  });
  open();
  const person = user();
  expect(await screen.findByText("Needs a second person")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: `Confirm: ${UPGRADE.title}` }));
  expect(
    await screen.findByText(/began during INC-20261123-155200-3f9a0c · confirmed by alan/),
  ).toBeInTheDocument();
});

test("who may not plan is not offered to", async () => {
  open("", "P09-DBA");
  await grid();
  expect(screen.queryByRole("button", { name: "Plan" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Change/ })).not.toBeInTheDocument();
});

test("another month is asked for, and the address names it", async () => {
  open("?month=2026-12");
  await screen.findByRole("table", { name: "December 2026" });
  const query = server.requestsTo("GET /v1/calendar")[0]?.query;
  expect(query?.get("from")).toBe("2026-12-01T00:00:00Z");
  expect(query?.get("to")).toBe("2027-01-01T00:00:00Z");
  await user().click(screen.getByRole("button", { name: "The month before" }));
  expect(await grid()).toBeInTheDocument();
});

test("an empty month says what to plan", async () => {
  entries = [];
  open();
  expect(await screen.findByRole("heading", { name: "Nothing stands in this month" })).toBeInTheDocument();
});

test("another plan appears by itself", async () => {
  open();
  await grid();
  entries.push({ ...UPGRADE, id: "maintenance-00000000000c", title: "A second one" });
  await act(() => vi.advanceTimersByTimeAsync(10_000));
  expect(await screen.findByText("A second one", { selector: "li > span" })).toBeInTheDocument();
});

test("a problem is told", async () => {
  server.on("GET /v1/calendar", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  await expectNoAxeFindings();
});
