import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import AccessPage from "../../../src/features/access/AccessPage";
import { ACTIVE, BROKEN_GLASS, ENDED, MADE, NOW, PASSWORD, PERMISSIONS } from "../../support/access-samples";
import { FakeServer, json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

const PATH = "/v1/access/database-credentials";

let server: FakeServer;
let credentials: (typeof ACTIVE)[];

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) });
  credentials = [BROKEN_GLASS, ACTIVE, ENDED];
  server = new FakeServer()
    .on(`GET ${PATH}`, ({ query }) => json(page(query.get("cursor"))))
    .on(`POST ${PATH}`, () => json(MADE, 201))
    .on("GET /v1/access/roles", { permissions: PERMISSIONS });
  for (const credential of [...credentials, MADE]) {
    server.on(`DELETE ${PATH}/${credential.id}`, () => end(credential));
    server.on(`POST ${PATH}/${credential.id}/approval`, () => approve(credential));
  }
});

afterEach(() => {
  vi.useRealTimers();
});

/** Two a page, so that the rest has to be asked for. */
function page(cursor: string | null) {
  const start = credentials.findIndex(({ id }) => id === cursor) + 1;
  const shown = credentials.slice(start, start + 2);
  return { credentials: shown, next_cursor: start + 2 < credentials.length ? shown.at(-1)?.id : null };
}

function end(credential: typeof ACTIVE) {
  const ended = { ...credential, state: "ended" as const, ended_at: NOW, ended_why: "ended by person:ada" };
  credentials = credentials.map((each) => (each.id === credential.id ? ended : each));
  return json(ended);
}

function approve(credential: typeof ACTIVE) {
  const approved = { ...credential, approved_by: "ada" };
  credentials = credentials.map((each) => (each.id === credential.id ? approved : each));
  return json(approved);
}

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

const open = (role = "P09-DBA") =>
  renderSignedIn(<AccessPage />, server, "/operations/access", tokenOf([role]));

async function item({ role }: { role: string }): Promise<HTMLElement> {
  const found = (await screen.findByText(role)).closest("li");
  if (found === null) throw new Error(`${role} stands in no list`);
  return found;
}

test("a login says who has it, why, how it may be used and what is left of it", async () => {
  open();
  expect(await item(ACTIVE)).toHaveTextContent(
    /WorksRead only30:00 left.*Look into slow funnel queries of one customerby grace · 23 Nov, 15:40, for 60 minutes/,
  );
  expect(await item(BROKEN_GLASS)).toHaveTextContent(
    /WorksRead and writeBreak-glass, not approved10:30 left/,
  );
  expect(screen.getByText("2 logins not ended · 1 without the second person’s approval")).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("what is left runs down by itself", async () => {
  open();
  const timer = within(await item(ACTIVE)).getByRole("timer");
  expect(timer).toHaveTextContent(/^30:00$/);
  await act(() => vi.advanceTimersByTimeAsync(65_000));
  expect(timer).toHaveTextContent(/^28:5\d$/);
});

test("earlier ones are asked for", async () => {
  open();
  await user().click(await screen.findByRole("button", { name: "Show earlier ones" }));
  expect(await item(ENDED)).toHaveTextContent("ended 22 Nov, 09:20 · ended by person:grace");
  expect(screen.queryByRole("button", { name: "Show earlier ones" })).not.toBeInTheDocument();
});

test("a DBA asks with a reason, for minutes, and sees the password once", async () => {
  open();
  const person = user();
  await person.click(screen.getByRole("button", { name: "Ask for a database login" }));
  await person.type(await screen.findByLabelText("What do you need it for?"), "Count rows by hand");
  const minutes = screen.getByLabelText("Minutes");
  await person.clear(minutes);
  await person.type(minutes, "45");
  await person.selectOptions(screen.getByLabelText("Access"), "Read and write");
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "Make the login" }));
  const dialog = await screen.findByRole("dialog", { name: "Your database login" });
  expect(server.requestsTo(`POST ${PATH}`)[0]?.body).toEqual({
    reason: "Count rows by hand",
    duration_seconds: 2700,
    access: "write",
    break_glass: false,
  });
  expect(within(dialog).getByText(PASSWORD)).toBeInTheDocument();
  expect(
    within(dialog).getByText("psql -h db.internal -p 5432 -U p09_temp_0tp0fa7bbbbb p09"),
  ).toBeInTheDocument();
  expect(within(dialog).getByRole("timer")).toHaveTextContent(/^4[45]:\d\d$/);
  await expectNoAxeFindings();
  await person.keyboard("{Escape}");
  expect(within(dialog).getByText(PASSWORD)).toBeInTheDocument();
  await person.click(within(dialog).getByRole("button", { name: "I have copied the password" }));
  expect(screen.queryByText(PASSWORD)).not.toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Ask for a database login" }));
  expect(await screen.findByLabelText("What do you need it for?")).toHaveValue("");
});

test("who is on call without the DBA's role breaks the glass, for an hour at most", async () => {
  open("P09-SRE");
  const person = user();
  await person.click(screen.getByRole("button", { name: "Ask for a database login" }));
  await person.type(await screen.findByLabelText("What do you need it for?"), "The worker is stuck");
  expect(screen.getByText("At most 60. You can end it earlier.")).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Break the glass" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST ${PATH}`)[0]?.body).toMatchObject({
      break_glass: true,
      duration_seconds: 3600,
      access: "read",
    }),
  );
});

test("a login is ended after a second question", async () => {
  open();
  const person = user();
  await person.click(within(await item(ACTIVE)).getByRole("button", { name: `End now: ${ACTIVE.role}` }));
  expect(within(await item(ACTIVE)).getByText(/what grace has not committed is lost/)).toBeInTheDocument();
  expect(server.requestsTo(`DELETE ${PATH}/${ACTIVE.id}`)).toEqual([]);
  await person.click(screen.getByRole("button", { name: "End it now" }));
  await waitFor(async () => expect(await item(ACTIVE)).toHaveTextContent("ended by person:ada"));
});

test("a second person approves a broken glass with a reason", async () => {
  open("P09-Lead");
  const person = user();
  await person.click(await screen.findByRole("button", { name: `Approve: ${BROKEN_GLASS.role}` }));
  await person.type(screen.getByLabelText("Why was it right?"), "The incident was real");
  await person.click(screen.getByRole("button", { name: "Approve it" }));
  await waitFor(async () => expect(await item(BROKEN_GLASS)).toHaveTextContent("approved by ada"));
  expect(server.requestsTo(`POST ${PATH}/${BROKEN_GLASS.id}/approval`)[0]?.body).toEqual({
    reason: "The incident was real",
  });
});

test("who broke the glass is not offered to approve it", async () => {
  credentials = [{ ...BROKEN_GLASS, own: true }];
  open("P09-Lead");
  expect(within(await item(BROKEN_GLASS)).getByRole("button", { name: /^End now/ })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Approve/ })).not.toBeInTheDocument();
});

test("an auditor sees the logins and changes nothing", async () => {
  open("P09-Auditor");
  await item(ACTIVE);
  expect(screen.queryByRole("button", { name: /Ask|End now|Approve/ })).not.toBeInTheDocument();
});

test("a developer is told who sees the logins, and nothing is asked for", async () => {
  open("P09-Developer");
  expect(
    await screen.findByText(/They are seen by P09-Auditor, P09-DBA, P09-Lead and P09-SRE/),
  ).toBeInTheDocument();
  await screen.findByRole("table");
  expect(server.requestsTo(`GET ${PATH}`)).toEqual([]);
});

test("without a login the page says what one is for", async () => {
  credentials = [];
  open();
  expect(
    await screen.findByRole("heading", { name: "No database login was given out yet" }),
  ).toBeInTheDocument();
});

test("the table says what each role may do, by subject", async () => {
  open("P09-SRE");
  const row = await screen.findByRole("row", { name: /^Put dead letters back/ });
  const cells = within(row).getAllByRole("cell");
  expect(cells.map(({ textContent }) => textContent)).toEqual([
    "may not",
    "may",
    "may not",
    "may not",
    "may not",
    "may not",
  ]);
  expect(screen.getByRole("rowheader", { name: "Dead letters" })).toBeInTheDocument();
  expect(screen.getByText(/^You have P09-SRE\./)).toBeInTheDocument();
});

test("a problem of one part leaves the other in view", async () => {
  server.on(`GET ${PATH}`, () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  expect(await screen.findByRole("table")).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("a login that can't be made is refused in the API's words", async () => {
  server.on(`POST ${PATH}`, () => problem(503, "PostgreSQL can't be reached"));
  open();
  const person = user();
  await person.click(screen.getByRole("button", { name: "Ask for a database login" }));
  await person.type(await screen.findByLabelText("What do you need it for?"), "Count rows by hand");
  await person.click(screen.getByRole("button", { name: "Make the login" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
});
