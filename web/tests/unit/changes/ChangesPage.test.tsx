import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import ChangePage from "../../../src/features/changes/ChangePage";
import ChangesPage from "../../../src/features/changes/ChangesPage";
import { WaitingHint } from "../../../src/features/changes/WaitingHint";
import { ASKED, CHANGES, NO_DELIVERY, NOW, STAGED, WAITING } from "../../support/change-samples";
import { FakeChanges } from "../../support/fake-changes";
import { problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeChanges;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) });
  server = new FakeChanges();
});

afterEach(() => {
  vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

function open(role = "P09-Lead", username = "linus") {
  const pages = (
    <Routes>
      <Route path="/operations/changes" element={<ChangesPage />} />
      <Route path="/operations/changes/:changeId" element={<ChangePage />} />
    </Routes>
  );
  return renderSignedIn(pages, server, "/operations/changes", tokenOf([role], { username }));
}

const region = (name: string) => screen.findByRole("region", { name });

async function titlesIn(name: string) {
  return within(await region(name))
    .getAllByRole("link")
    .map(({ textContent }) => textContent);
}

test("what waits for me comes first, then everything, newest first", async () => {
  open();
  await screen.findByRole("link", { name: STAGED.title });
  expect(await titlesIn("Waits for you")).toEqual([WAITING.title, ASKED.title]);
  expect(await titlesIn("All changes")).toEqual(CHANGES.slice(0, 3).map(({ title }) => title));
  expect(screen.getByText(/^5 changes under way/)).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("a row says state, author, what it is planned for, and which gates keep it", async () => {
  open("P09-Developer");
  const row = (await screen.findByRole("link", { name: "Longer retention" })).closest("tr");
  expect(row).toHaveTextContent("Kept by freeze");
  expect(row).toHaveTextContent("Waits for approval");
  expect(row).toHaveTextContent("ada24 Nov, 18:006 hours so far");
  expect(screen.queryByRole("region", { name: "Waits for you" })).not.toBeInTheDocument();
});

test("older changes are read page by page", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Older changes" }));
  await person.click(await screen.findByRole("button", { name: "Older changes" }));
  expect(await screen.findByRole("link", { name: "Other cache" })).toBeInTheDocument();
  expect(await titlesIn("All changes")).toEqual(CHANGES.map(({ title }) => title));
  expect(screen.queryByRole("button", { name: "Older changes" })).not.toBeInTheDocument();
});

test("the four figures of DORA are told, defined and drawn by week, with their span", async () => {
  open();
  const shown = await region("Delivery");
  await waitFor(() => expect(shown).toHaveTextContent("1 Sept to 24 Nov"));
  expect(shown).toHaveTextContent("Deployment frequency 3.2 a week, 39 deployments");
  expect(shown).toHaveTextContent("Lead time 16 hoursMedian from a change’s oldest commit to production.");
  expect(shown).toHaveTextContent("Change failure rate 7.7%");
  expect(shown).toHaveTextContent("Time to restore 15 minutes");
  for (const name of ["Deployment frequency", "Lead time", "Change failure rate", "Time to restore"]) {
    expect(await screen.findByRole("application", { name: `${name} by week` })).toBeInTheDocument();
  }
  const [newest] = within(shown).getAllByRole("row", { hidden: true }).slice(1);
  expect(newest).toHaveTextContent("23 Nov26 hours0%–");
  expect(server.requestsTo("GET /v1/delivery")[0]?.query.get("days")).toBe("84");
});

test("nothing in production is said, with what will stand there", async () => {
  server.delivery = NO_DELIVERY;
  server.changes = [];
  open();
  expect(
    await screen.findByRole("heading", { name: "Nothing went to production in these weeks" }),
  ).toBeInTheDocument();
  expect(await screen.findByRole("heading", { name: "Nothing was ever planned" })).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("a figure of which there is nothing is said, not drawn", async () => {
  const weeks = server.delivery.weeks.map((week) => ({ ...week, time_to_restore_seconds: null }));
  server.delivery = { ...server.delivery, time_to_restore_seconds: null, weeks };
  open();
  const words = await screen.findByText("There is nothing of it in these weeks.");
  expect(words.closest("figure")).toHaveTextContent("Time to restore");
});

async function fillIn(person: ReturnType<typeof user>) {
  await person.click(await screen.findByRole("button", { name: "Plan a change" }));
  const said = {
    Title: "Faster exports",
    Impact: "None",
    Commit: WAITING.commit,
    Artefact: WAITING.digest,
    "Oldest commit made (UTC)": "2026-11-24 08:00",
    "To production (UTC)": "2026-11-24 20:00",
  };
  for (const [label, text] of Object.entries(said)) {
    await person.click(await screen.findByLabelText(label));
    await person.paste(text);
  }
}

test("the form of a plan has no accessibility findings", async () => {
  open("P09-Developer", "ada");
  await user().click(await screen.findByRole("button", { name: "Plan a change" }));
  await screen.findByLabelText("Title");
  await expectNoAxeFindings();
});

test("a change is planned and then shown", async () => {
  open("P09-Developer", "ada");
  const person = user();
  await fillIn(person);
  await person.click(screen.getByLabelText("The release before it works on its schema"));
  await person.click(screen.getByRole("button", { name: "Plan it" }));
  expect(await screen.findByRole("heading", { level: 1, name: "Faster exports" })).toBeInTheDocument();
  expect(server.requestsTo("POST /v1/changes")[0]?.body).toEqual({
    title: "Faster exports",
    impact: "None",
    commit: WAITING.commit,
    digest: WAITING.digest,
    committed_at: "2026-11-24T08:00:00Z",
    planned_for: "2026-11-24T20:00:00Z",
    migrations_compatible: false,
  });
});

test("what can't be planned is refused at its field", async () => {
  const words = "is no SHA-256";
  const detail = `digest: ${words}`;
  server.on("POST /v1/changes", () => problem(422, detail, { errors: [{ pointer: "#/digest", detail }] }));
  open("P09-Developer", "ada");
  const person = user();
  await fillIn(person);
  await person.click(screen.getByRole("button", { name: "Plan it" }));
  const field = screen.getByLabelText("Artefact");
  await waitFor(() => expect(field).toHaveAccessibleDescription(expect.stringContaining(words)));
  expect(field).toBeInvalid();
});

test("who may not plan is not offered to", async () => {
  open("P09-Auditor");
  await screen.findByRole("link", { name: STAGED.title });
  expect(screen.queryByRole("button", { name: "Plan a change" })).not.toBeInTheDocument();
});

test("a problem is told", async () => {
  server.on("GET /v1/changes", () => problem(503, "DynamoDB can't be reached"));
  server.on("GET /v1/delivery", () => problem(503, "DynamoDB can't be reached"));
  open();
  await waitFor(() => expect(screen.getAllByRole("alert")).toHaveLength(3));
  await expectNoAxeFindings();
});

const hint = (role: string) =>
  renderSignedIn(<WaitingHint isLive />, server, "/", tokenOf([role], { username: "linus" }));

test("another page says how many changes wait for who may decide", async () => {
  hint("P09-SRE");
  expect(await screen.findByRole("status")).toHaveTextContent("2 changes wait for you: see which");
  expect(screen.getByRole("link")).toHaveAttribute("href", "/operations/changes");
});

test("one that waits is named", async () => {
  server.changes = [WAITING];
  hint("P09-SRE");
  expect(await screen.findByRole("status")).toHaveTextContent("1 change waits for you: Faster funnels");
  expect(screen.getByRole("link")).toHaveAttribute("href", `/operations/changes/${WAITING.id}`);
});

test("who decides nothing is told nothing, and nothing is asked for them", () => {
  hint("P09-Auditor");
  expect(screen.queryByRole("status")).not.toBeInTheDocument();
  expect(server.requestsTo("GET /v1/changes")).toEqual([]);
});
