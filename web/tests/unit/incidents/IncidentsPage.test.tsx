import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import IncidentPage from "../../../src/features/incidents/IncidentPage";
import IncidentsPage from "../../../src/features/incidents/IncidentsPage";
import { FakeIncidents } from "../../support/fake-incidents";
import { problem } from "../../support/fake-server";
import { NOW, OUTAGE, OVER, TASK } from "../../support/incident-samples";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeIncidents;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) });
  server = new FakeIncidents();
});

afterEach(() => {
  vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

function open(address = "/operations/incidents", role = "P09-SRE") {
  const page = (
    <Routes>
      <Route path="/operations/incidents" element={<IncidentsPage />} />
      <Route path="/operations/incidents/:incidentId" element={<IncidentPage />} />
    </Routes>
  );
  return renderSignedIn(page, server, address, tokenOf([role]));
}

const openIncidents = () => screen.findByRole("region", { name: "Open incidents" });

test("open incidents stand first, with state, impact, owner and whether somebody attends to them", async () => {
  open();
  const cards = within(await openIncidents())
    .getAllByRole("listitem")
    .filter((item) => within(item).queryByRole("link"));
  expect(cards).toHaveLength(2);
  expect(cards[0]).toHaveTextContent("Identified");
  expect(cards[0]).toHaveTextContent("Customers are affected");
  expect(cards[0]).toHaveTextContent("owned by grace · acknowledged by grace · 7 signals");
  expect(cards[1]).toHaveTextContent("nobody owns it · not acknowledged");
  expect(screen.getByText(/2 open · 1 with customers affected · 1 not acknowledged/)).toBeInTheDocument();
});

test("every page of the last twelve weeks is counted into its week", async () => {
  open();
  const table = await screen.findByRole("table", { name: /Incidents per week/, hidden: true });
  const rows = within(table)
    .getAllByRole("row", { hidden: true })
    .map(({ textContent }) => textContent);
  expect(rows).toHaveLength(13);
  expect(rows[1]).toBe("23 Nov11");
  expect(rows[5]).toBe("26 Oct01");
  expect(rows[6]).toBe("19 Oct11");
});

test("no open incident is said, with what to do about one that nothing found", async () => {
  server.incidents = [];
  open();
  expect(await screen.findByRole("heading", { name: "No incident is open" })).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("an incident is opened by hand and then shown", async () => {
  open();
  const person = user();
  await openIncidents();
  await person.click(screen.getByRole("button", { name: "Open an incident" }));
  await person.type(await screen.findByLabelText("What is wrong?"), "Exports are empty");
  await person.selectOptions(screen.getByLabelText("Severity"), "page");
  await person.click(screen.getByLabelText(/^Customers are affected/));
  await person.click(await screen.findByRole("checkbox", { name: "Analytics" }));
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "Open the incident" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Exports are empty" })).toBeInTheDocument();
  expect(server.requestsTo("POST /v1/incidents")[0]?.body).toEqual({
    title: "Exports are empty",
    severity: "page",
    customer_impacting: true,
    components: ["analytics"],
    note: "",
    public: false,
  });
});

test("a second incident of the same title is refused in the API's words", async () => {
  server.on("POST /v1/incidents", () => problem(409, "INC-20261123-080100-c3d4 is open already"));
  open();
  const person = user();
  await openIncidents();
  await person.click(screen.getByRole("button", { name: "Open an incident" }));
  await person.type(await screen.findByLabelText("What is wrong?"), "Again");
  await person.click(screen.getByRole("button", { name: "Open the incident" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("INC-20261123-080100-c3d4 is open already");
});

test("an auditor reads and is offered nothing to do", async () => {
  open(`/operations/incidents/${OUTAGE.id}`, "P09-Auditor");
  await screen.findByRole("heading", { name: "Timeline" });
  expect(screen.queryByRole("region", { name: "What to do" })).not.toBeInTheDocument();
});

test("the timeline says who, when, what, and what customers may read", async () => {
  open(`/operations/incidents/${OUTAGE.id}`);
  const shown = await screen.findByRole("region", { name: "Timeline" });
  const items = within(shown)
    .getAllByRole("listitem")
    .map(({ textContent }) => textContent);
  expect(items[0]).toContain("Note · 23 Nov, 16:02 · grace · identifiedpublic");
  expect(within(shown).getByRole("link", { name: "dashboard" })).toBeInTheDocument();
  expect(shown).toHaveTextContent("decision availability-20261123T155500Z");
  await expectNoAxeFindings();
});

test("an incident is acknowledged", async () => {
  open(`/operations/incidents/${TASK.id}`);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Acknowledge" }));
  await person.click(screen.getByRole("button", { name: "Acknowledge it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${TASK.id}/acknowledge`)[0]?.body).toEqual({ note: "" }),
  );
});

test("an update sends only what became another value, and the note for customers’ eyes", async () => {
  open(`/operations/incidents/${OUTAGE.id}`);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Update" }));
  await person.selectOptions(screen.getByLabelText("State"), "monitoring");
  await person.type(screen.getByLabelText("Note"), "It answers again.");
  await person.click(screen.getByLabelText(/^Customers may read this note/));
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "Save the update" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${OUTAGE.id}/updates`)[0]?.body).toEqual({
      state: "monitoring",
      note: "It answers again.",
      public: true,
    }),
  );
});

test("an update says which components an incident concerns, chosen from the runbook’s", async () => {
  open(`/operations/incidents/${OUTAGE.id}`);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Update" }));
  expect(await screen.findByRole("checkbox", { name: "Event collection" })).toBeChecked();
  await person.click(screen.getByRole("checkbox", { name: "Analytics" }));
  await person.click(screen.getByRole("button", { name: "Save the update" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${OUTAGE.id}/updates`)[0]?.body).toEqual({
      components: ["collection"],
      note: "",
      public: false,
    }),
  );
});

test("an incident is merged into another one that is open", async () => {
  open(`/operations/incidents/${TASK.id}`);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Merge" }));
  await person.click(await screen.findByPlaceholderText("Choose one"));
  await person.click(await screen.findByRole("option", { name: new RegExp(OUTAGE.id) }));
  await person.click(screen.getByRole("button", { name: "Merge it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${TASK.id}/merge`)[0]?.body).toEqual({
      into: OUTAGE.id,
      note: "",
    }),
  );
});

test("resolving what still fails takes a word of its own", async () => {
  open(`/operations/incidents/${OUTAGE.id}`);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Resolve" }));
  await person.click(screen.getByLabelText(/^Although it still fails/));
  await person.click(screen.getByRole("button", { name: "Resolve it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${OUTAGE.id}/resolve`)[0]?.body).toEqual({
      note: "",
      public: false,
      although_failing: true,
    }),
  );
});

test("a resolved incident leads to its review and is reopened with a reason", async () => {
  open(`/operations/incidents/${OVER.id}`);
  const person = user();
  expect(await screen.findByRole("link", { name: "Its post-incident review" })).toHaveAttribute(
    "href",
    `/operations/reviews/${OVER.review}`,
  );
  await person.click(screen.getByRole("button", { name: "Reopen" }));
  await person.type(screen.getByLabelText("Note"), "It is slow again.");
  await person.click(screen.getByRole("button", { name: "Reopen it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/incidents/${OVER.id}/reopen`)[0]?.body).toEqual({
      note: "It is slow again.",
      public: false,
    }),
  );
});

test("a new incident appears by itself", async () => {
  open();
  await openIncidents();
  server.incidents.unshift({ ...TASK, id: "INC-20261123-161000-7777", title: "The canary is lost" });
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(await screen.findByRole("link", { name: "The canary is lost" })).toBeInTheDocument();
});

test("a problem is told, and the reviews stay in view", async () => {
  server.on("GET /v1/incidents", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  expect(await screen.findByRole("link", { name: "Sign-in is slow" })).toBeInTheDocument();
});

test("the page has no accessibility findings", async () => {
  open();
  await openIncidents();
  await screen.findByRole("table", { name: /Incidents per week/, hidden: true });
  await expectNoAxeFindings();
});
