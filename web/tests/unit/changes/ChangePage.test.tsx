import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import ChangePage from "../../../src/features/changes/ChangePage";
import {
  APPROVED,
  ASKED,
  KEPT,
  NOW,
  ROLLED_BACK,
  STAGED,
  VERIFIED,
  WAITING,
} from "../../support/change-samples";
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

function open({ id }: { id: string }, username = "linus", role = "P09-Lead") {
  const page = (
    <Routes>
      <Route path="/operations/changes/:changeId" element={<ChangePage />} />
    </Routes>
  );
  return renderSignedIn(page, server, `/operations/changes/${id}`, tokenOf([role], { username }));
}

const region = (name: string) => screen.findByRole("region", { name });

test("the way to production is drawn in words, with what is next", async () => {
  open(STAGED);
  const stages = within(await region("Progress")).getAllByRole("listitem");
  expect(stages.map(({ textContent }) => textContent)).toEqual([
    "PlannedDone24 Nov, 15:00",
    "StagedDone24 Nov, 15:05",
    "Smoke testNext",
    "LoadTo come",
    "ApprovalTo come",
    "ProductionTo come",
    "VerifiedTo come",
  ]);
  expect(stages[2]).toHaveAttribute("aria-current", "step");
  await expectNoAxeFindings();
});

test("a change that was rolled back says where it stopped, and has no gates", async () => {
  open(ROLLED_BACK);
  const stages = within(await region("Progress")).getAllByRole("listitem");
  expect(stages[5]).toHaveTextContent("ProductionRolled back");
  expect(stages[6]).toHaveTextContent("VerifiedNot reached");
  expect(screen.queryByRole("region", { name: "Gates" })).not.toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "What to do" })).not.toBeInTheDocument();
});

test("what is in production says how long that took from its oldest commit", async () => {
  open(VERIFIED);
  const facts = await region("How it stands");
  expect(facts).toHaveTextContent("Lead time5 hours");
});

test("whose commits a pipeline brings to production is told", async () => {
  const people = ["ada@demo.example", "alan@demo.example"];
  server.changes = [{ ...WAITING, author: "pipeline", committers: people }];
  open(WAITING);
  const facts = await region("How it stands");
  expect(facts).toHaveTextContent("Commits byada@demo.example and alan@demo.example");
});

test("commands in a story stand out from its words", async () => {
  const line = { at: NOW, by: "promotion", happened: "handed_over", why: "Go on with `p09 change promote`" };
  server.changes[0] = { ...APPROVED, story: [...APPROVED.story, line] };
  open(APPROVED);
  const command = await screen.findByText("p09 change promote");
  expect(command.tagName).toBe("CODE");
  expect(await region("Story")).toHaveTextContent("Go on with p09 change promote");
});

test("gates say why they are closed, and who passed them all the same", async () => {
  open(APPROVED);
  const gates = await region("Gates");
  expect(gates).toHaveTextContent("FreezeOverriddenBlack Friday");
  expect(gates).toHaveTextContent("Overridden by grace and you: Nobody can sign in.");
  expect(gates).toHaveTextContent("Error budgetOpenEvery error budget has something left");
});

test("the story says who, when, what and why, newest first, and takes words that it does not know", async () => {
  open(APPROVED);
  const lines = within(await region("Story")).getAllByRole("listitem");
  expect(lines.map(({ textContent }) => textContent).slice(0, 3)).toEqual([
    "Held for reasons · 24 Nov, 15:40 · 2ef4af61A gate has closed: incidents",
    "Approved · 24 Nov, 15:30 · graceUntil 2026-11-24 18:10 UTC",
    "Overridden · 24 Nov, 15:25 · youfreeze: Nobody can sign in.",
  ]);
  await expectNoAxeFindings();
});

test("an approval shows how long it still holds", async () => {
  open(APPROVED);
  const timer = await screen.findByRole("timer", { name: "Until the approval expires" });
  expect(timer).toHaveTextContent(/^2:00:0\d$/);
  await act(() => vi.advanceTimersByTimeAsync(10_000));
  expect(timer).toHaveTextContent(/^1:59:5\d$/);
});

test("commit and artefact are short, and copied whole", async () => {
  open(WAITING);
  const person = user();
  const facts = await region("How it stands");
  expect(facts).toHaveTextContent("Commit9f86d081884c");
  await person.click(screen.getByRole("button", { name: "Copy: Artefact" }));
  expect(await screen.findByRole("button", { name: "Artefact copied" })).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe(WAITING.digest);
});

test("a lead who is not the author approves", async () => {
  open(WAITING);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Approve" }));
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "Approve it" }));
  await waitFor(() => expect(server.requestsTo(`POST /v1/changes/${WAITING.id}/approve`)).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole("form", { name: "Approve" })).not.toBeInTheDocument());
});

test("the author is not offered the approval and is told why", async () => {
  server.changes = server.changes.map((change) => ({ ...change, own: ["artefact"] }));
  open(WAITING, "ada", "P09-SRE");
  expect(await region("What to do")).toHaveTextContent("You are its author: somebody else");
  expect(screen.queryByRole("button", { name: "Approve" })).not.toBeInTheDocument();
});

test("what was refused is told at the act", async () => {
  server.on(`POST /v1/changes/${WAITING.id}/approve`, () => problem(409, "freeze: Black Friday"));
  open(WAITING);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Approve" }));
  await person.click(screen.getByRole("button", { name: "Approve it" }));
  const form = screen.getByRole("form", { name: "Approve" });
  expect(await within(form).findByRole("alert")).toHaveTextContent("Freeze: Black Friday");
});

test("closed gates are chosen to be overridden, with a reason", async () => {
  open(KEPT);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Ask to override" }));
  expect(screen.getByRole("checkbox", { name: "Freeze" })).toBeChecked();
  expect(screen.queryByRole("checkbox", { name: "Incidents" })).not.toBeInTheDocument();
  await expectNoAxeFindings();
  await person.type(screen.getByLabelText("Why?"), "It mends the sign-in");
  await person.click(screen.getByRole("button", { name: "Ask for it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/changes/${KEPT.id}/override`)[0]?.body).toEqual({
      gates: ["freeze"],
      reason: "It mends the sign-in",
    }),
  );
});

test("gates that can't be overridden are refused where they were chosen", async () => {
  const words = "freeze can't be overridden";
  const detail = `gates: ${words}`;
  server.on(`POST /v1/changes/${KEPT.id}/override`, () =>
    problem(422, detail, { errors: [{ pointer: "#/gates", detail }] }),
  );
  open(KEPT);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Ask to override" }));
  await person.type(screen.getByLabelText("Why?"), "now");
  await person.click(screen.getByRole("button", { name: "Ask for it" }));
  const choice = screen.getByRole("group", { name: "Which gates?" });
  await waitFor(() => expect(choice).toHaveAccessibleDescription(words));
});

test("a second person agrees to an override", async () => {
  open(ASKED);
  expect(await region("Gates")).toHaveTextContent(
    "grace asked to override freeze: “Nobody can sign in.” A second person has to agree.",
  );
  expect(await region("What to do")).toHaveTextContent(
    "grace asked to override freeze: “Nobody can sign in.”",
  );
  const person = user();
  await person.click(screen.getByRole("button", { name: "Agree to the override" }));
  await person.click(screen.getByRole("button", { name: "Agree as the second person" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/changes/${ASKED.id}/override/second`)).toHaveLength(1),
  );
});

test.each([
  ["Reject", WAITING, "reject", "P09-Lead"],
  ["Roll back", VERIFIED, "roll-back", "P09-Developer"],
])("%s asks why", async (name, change, path, role) => {
  open(change, "linus", role);
  const person = user();
  await person.click(await screen.findByRole("button", { name }));
  await person.type(screen.getByLabelText("Why?"), "It is not well");
  await person.click(within(screen.getByRole("form", { name })).getByRole("button"));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/changes/${change.id}/${path}`)[0]?.body).toEqual({
      reason: "It is not well",
    }),
  );
});

test("a gate that was proved leads to the run that proved it", async () => {
  open(WAITING);
  const gates = await region("Gates");
  const [run] = within(gates).getAllByRole("link", { name: "Show run" });
  expect(run).toHaveAttribute("href", "https://github.com/acme/shop/actions/runs/7");
  expect(gates).toHaveTextContent("All 5 checks passed. (run 7 of pipeline)");
});

test("a demo says that it is one, and that nothing was deployed", async () => {
  open(WAITING);
  server.changes.splice(0, server.changes.length, { ...WAITING, demo: true });
  expect(await region("How it stands")).toHaveTextContent("Counts in no figure");
  expect(await region("Progress")).toHaveTextContent("Not deployed (demo)");
});

test("an auditor reads and decides nothing", async () => {
  open(WAITING, "linus", "P09-Auditor");
  expect(await region("What to do")).toHaveTextContent("It waits for the approval of an SRE or a lead");
  expect(within(await region("What to do")).queryByRole("button")).not.toBeInTheDocument();
});

test("what happens meanwhile appears by itself", async () => {
  open(STAGED);
  await region("Progress");
  server.changes[0] = { ...WAITING, id: STAGED.id, title: "Moved on" };
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(await screen.findByRole("heading", { level: 1, name: "Moved on" })).toBeInTheDocument();
});

test("a change that there is not is a problem", async () => {
  open({ id: "CHG-20200101T000000Z-000000" });
  expect(await screen.findByRole("alert")).toHaveTextContent("Nothing answers");
  await expectNoAxeFindings();
});
