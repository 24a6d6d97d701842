import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useLocation } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import AuditPage from "../../../src/features/audit/AuditPage";
import OrganisationAuditPage from "../../../src/features/audit/OrganisationAuditPage";
import { REPLAY, ROWS, rowOf } from "../../support/audit-samples";
import { SHOP } from "../../support/fake-analytics";
import { ADA, FakeOrganisation } from "../../support/fake-organisation";
import { FakeServer, json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

const OTHER = "00000000-0000-4000-8000-000000000009";

let server: FakeServer;
let saved: { name: string; content: Promise<string> }[];

beforeEach(() => {
  saved = [];
  server = new FakeServer()
    .on("GET /v1/audit", ({ query }) => page(query))
    .on("GET /v1/audit/verification", { ...PART, next_cursor: null });
  let content = Promise.resolve("");
  vi.stubGlobal("URL", URL);
  URL.createObjectURL = (blob) => {
    content = (blob as Blob).text();
    return "blob:export";
  };
  URL.revokeObjectURL = () => {};
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push({ name: this.download, content });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const PART = { organisation_id: OTHER, verified: 5, until: 5, anchors: 1, findings: [], next_cursor: null };

/** Two rows a page, so that the rest has to be asked for. */
function page(query: URLSearchParams): Response {
  const before = Number(query.get("cursor") ?? Number.POSITIVE_INFINITY);
  const actor = query.get("actor");
  const wanted = ROWS.filter((row) => row.sequence < before && (actor === null || row.actor === actor));
  const rows = wanted.slice(0, 2);
  const next = wanted.length > 2 ? String(rows.at(-1)?.sequence) : null;
  const format = query.get("format") ?? "json";
  if (format === "json") return json({ rows, next_cursor: next });
  const lines = rows.map(({ sequence }) => (format === "csv" ? `${sequence}` : JSON.stringify({ sequence })));
  const text = [...(format === "csv" ? ["sequence"] : []), ...lines].join("\r\n");
  return new Response(`${text}\r\n`, { headers: next ? { "x-next-cursor": next } : {} });
}

function Address() {
  return <output aria-label="Address">{useLocation().search}</output>;
}

const open = (search = "") =>
  renderSignedIn(
    <>
      <AuditPage />
      <Address />
    </>,
    server,
    `/operations/audit${search}`,
    tokenOf(["P09-Auditor"]),
  );

const list = () => screen.findByRole("list", { name: "Rows of the audit trail" });

async function rows(): Promise<HTMLElement[]> {
  return within(await list()).getAllByRole("listitem");
}

const lastQuery = () => server.requestsTo("GET /v1/audit").at(-1)?.query;

test("a row says when, who, what, why, and the rest of it on request", async () => {
  open();
  const [, replay] = await rows();
  expect(replay).toHaveTextContent(
    /^42026-11-23 16:00:04person:linusreplay_dead_letters \/v1\/dead-letters\/replayThe parser was mended/,
  );
  expect(replay).toHaveTextContent("From192.0.2.7Requestrequest-4");
  expect(replay).toHaveTextContent('"prefix": "p09w_ab12"');
  await expectNoAxeFindings();
});

test("a refused act looks refused, at the time at which it was done", async () => {
  const refused = rowOf(9, { done_at: "2026-11-23T15:59:12.000000Z", outcome: "refused" });
  server.on("GET /v1/audit", () => json({ rows: [refused], next_cursor: null }));
  open();
  const [row] = await rows();
  expect(row).toHaveTextContent(/^92026-11-23 15:59:12person:graceRefused/);
  expect(row).toHaveTextContent("Written2026-11-23 16:00:09");
});

test("earlier rows are asked for, to the first", async () => {
  open();
  await list();
  await userEvent.click(screen.getByRole("button", { name: "Show earlier rows" }));
  await waitFor(async () => expect(await rows()).toHaveLength(4));
  await userEvent.click(screen.getByRole("button", { name: "Show earlier rows" }));
  await waitFor(async () => expect(await rows()).toHaveLength(5));
  expect(screen.queryByRole("button", { name: "Show earlier rows" })).not.toBeInTheDocument();
});

test("the filter goes to the API and into the address", async () => {
  open();
  await list();
  await userEvent.type(screen.getByLabelText("Who"), "person:linus");
  await userEvent.type(screen.getByLabelText("Since (UTC)"), "2026-11-23 12:00");
  await userEvent.click(screen.getByRole("button", { name: "Filter" }));
  await waitFor(async () => expect(await rows()).toHaveLength(1));
  expect(lastQuery()?.get("actor")).toBe("person:linus");
  expect(lastQuery()?.get("since")).toBe("2026-11-23T12:00:00Z");
  expect(screen.getByLabelText("Address")).toHaveTextContent(
    "?actor=person%3Alinus&since=2026-11-23T12%3A00%3A00Z",
  );
  expect(screen.getByLabelText("Who")).toHaveValue("person:linus");
  await userEvent.click(screen.getByRole("button", { name: "Clear" }));
  await waitFor(async () => expect(await rows()).toHaveLength(2));
});

test("a value of a row shows only its rows", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "person:linus: only this actor" }));
  await waitFor(async () => expect(await rows()).toHaveLength(1));
  expect(screen.getByLabelText("Address")).toHaveTextContent("?actor=person%3Alinus");
});

test("an address that the API would not take is read as far as it can be", async () => {
  open("?since=yesterday&before=x&action=key.revoke&organisation=northwind");
  await list();
  expect([...(lastQuery()?.keys() ?? [])].toSorted()).toEqual(["action", "limit"]);
});

test("without a row that fits, the page says how to look", async () => {
  open("?actor=nobody");
  expect(await screen.findByRole("heading", { name: "No row is like that" })).toBeInTheDocument();
});

test("the export holds every row of the filter, with one line of names", async () => {
  open();
  await list();
  await userEvent.click(screen.getByRole("button", { name: "Export as CSV" }));
  await waitFor(() => expect(saved).toHaveLength(1));
  expect(saved[0]?.name).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);
  expect(await saved[0]?.content).toBe("sequence\r\n5\r\n4\r\n3\r\n2\r\n1\r\n");
  await userEvent.click(screen.getByRole("button", { name: "Export as JSON lines" }));
  await waitFor(() => expect(saved).toHaveLength(2));
  expect((await saved[1]?.content)?.trim().split("\r\n").at(-1)).toBe('{"sequence":1}');
});

test("an export that breaks off is a problem, and saves nothing", async () => {
  open();
  await list();
  server.on("GET /v1/audit", ({ query }) =>
    query.get("cursor") === null ? page(query) : problem(503, "PostgreSQL can't be reached"),
  );
  await userEvent.click(screen.getByRole("button", { name: "Export as CSV" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
  expect(saved).toEqual([]);
});

test("an untouched trail is said to be so", async () => {
  open();
  await userEvent.click(screen.getByRole("button", { name: "Verify the trail" }));
  expect(await screen.findByText("Untouched")).toBeInTheDocument();
  expect(screen.getByText("5 rows verified, up to number 5, against their anchors.")).toBeInTheDocument();
});

test("a long trail is verified part by part, and each finding is shown where it is", async () => {
  const missing = { first: 2, last: 2, what: "missing" };
  const altered = { first: 4, last: 4, what: "altered: its fields do not give its hash" };
  server.on("GET /v1/audit/verification", ({ query }) =>
    query.get("cursor") === "3"
      ? json({ ...PART, verified: 2, anchors: 0, findings: [altered] })
      : json({ ...PART, verified: 3, until: 3, anchors: 0, findings: [missing], next_cursor: "3" }),
  );
  open();
  await userEvent.click(screen.getByRole("button", { name: "Verify the trail" }));
  const findings = await screen.findByRole("list", { name: "Findings" });
  expect(
    within(findings)
      .getAllByRole("listitem")
      .map(({ textContent }) => textContent),
  ).toEqual(["Row 2 missingShow", "Row 4 altered: its fields do not give its hashShow"]);
  expect(screen.getByText("2 findings")).toBeInTheDocument();
  expect(screen.getByText(/^5 rows verified, up to number 5\. No anchor exists yet/)).toBeInTheDocument();
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("button", { name: "Show Row 4" }));
  await waitFor(() => expect(lastQuery()?.get("cursor")).toBe("5"));
  const [first, second] = await rows();
  expect(first).toHaveTextContent(/^4.*altered: its fields do not give its hash/);
  expect(second).not.toHaveAttribute("data-touched", "true");
});

test("the trail of an organisation is another one", async () => {
  open();
  await list();
  await userEvent.type(screen.getByLabelText("Organisation’s id"), OTHER);
  await userEvent.click(screen.getByRole("button", { name: "Show its trail" }));
  await waitFor(() => expect(lastQuery()?.get("organisation_id")).toBe(OTHER));
  await userEvent.click(screen.getByRole("button", { name: "Verify the trail" }));
  await screen.findByText("Untouched");
  const query = server.requestsTo("GET /v1/audit/verification")[0]?.query;
  expect(query?.get("organisation_id")).toBe(OTHER);
});

test("a problem is told, and a second try answers", async () => {
  server.on("GET /v1/audit", () => problem(503, "PostgreSQL can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
  server.on("GET /v1/audit", { rows: [rowOf(9)], next_cursor: null });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await rows()).toHaveLength(1);
});

test("an owner reads the trail of their organisation, and verifies it", async () => {
  const path = `/v1/organisations/${SHOP.organisation_id}/audit`;
  const server = new FakeOrganisation()
    .on(`GET ${path}`, { rows: [REPLAY], next_cursor: null })
    .on(`GET ${path}/verification`, { ...PART, findings: [{ first: 1, last: 5, what: "altered" }] });
  const token = tokenOf([], { sub: ADA });
  renderSignedIn(<OrganisationAuditPage site={SHOP} />, server, "/sites/1/audit?action=key.rotate", token);
  expect(await rows()).toHaveLength(1);
  expect(await screen.findByText("Of the organisation Northwind · all times in UTC")).toBeInTheDocument();
  expect(server.requestsTo(`GET ${path}`)[0]?.query.get("action")).toBe("key.rotate");
  await userEvent.click(screen.getByRole("button", { name: "Verify the trail" }));
  expect(await screen.findByRole("list", { name: "Findings" })).toHaveTextContent("altered");
  expect(server.requestsTo("GET /v1/audit/verification")).toHaveLength(0);
  await expectNoAxeFindings();
});
