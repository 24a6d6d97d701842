import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import DrillPage from "../../../src/features/backups/DrillPage";
import { ADA, FAILED, GRACE, NOW, RUNNING, SIGNED, WAITING } from "../../support/backup-samples";
import { FakeBackups } from "../../support/fake-backups";
import { json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeBackups;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(NOW) });
  server = new FakeBackups();
});

afterEach(() => {
  vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

function open(drill: string, role = "P09-DBA") {
  const page = (
    <Routes>
      <Route path="/operations/backups/:drillId" element={<DrillPage />} />
    </Routes>
  );
  return renderSignedIn(page, server, `/operations/backups/${drill}`, tokenOf([role], { username: GRACE }));
}

const steps = async () =>
  within(await screen.findByRole("region", { name: "Steps" })).getAllByRole("listitem");
const texts = async () => (await steps()).map(({ textContent }) => textContent ?? "");

test("a drill says its RPO, its RTO and who started it why", async () => {
  open(WAITING.id);
  const shown = await screen.findByRole("region", { name: "How it stands" });
  expect(shown).toHaveTextContent("RPO20 s");
  expect(shown).toHaveTextContent("RTO4 min 12 s");
  expect(shown).toHaveTextContent(`Started24 Nov, 16:05:00 by ${ADA}`);
  expect(shown).toHaveTextContent("Reasonmonthly drill");
  expect(shown).toHaveTextContent("Expires25 Nov, 16:10:00");
});

test("each step stands with its time and its evidence, the sentinel among it", async () => {
  open(WAITING.id);
  const shown = await texts();
  expect(shown).toHaveLength(7);
  expect(shown[0]).toContain("Mark the momentDone24 Nov, 16:05:01 · took 3 s");
  expect(shown[0]).toContain("sentinel row0f3c5a1e-0c8f-4a43-9c55-b0a6a2f9d1aa");
  expect(shown[1]).toContain("log segments replayed214");
  expect(shown[2]).toContain("Let today’s logins in");
  expect(shown[3]).toContain("2 of 2 tables have the rows and checksums of that moment");
  expect(shown[6]).toContain("Sign-offWaiting");
  const [, , , compare] = await steps();
  const rows = within(compare as HTMLElement).getAllByRole("row", { hidden: true });
  expect(rows[1]).toHaveTextContent("events2,100,0002,100,000same");
});

test("the evidence of each step can be told by axe", async () => {
  open(WAITING.id);
  await steps();
  await expectNoAxeFindings();
});

test("a decision that was refused stays beside the drill", async () => {
  open(WAITING.id);
  const shown = await screen.findByRole("region", { name: "Refused decisions" });
  expect(shown).toHaveTextContent("who started a drill can't sign it off: ask another DBA");
});

test("a restore that runs shows the step that it is at, those to come, and moves by itself", async () => {
  open(RUNNING.id);
  const shown = await texts();
  expect(shown).toHaveLength(9);
  expect(shown[1]).toContain("Restore and replay the logRunning");
  expect(shown[8]).toBe("PromotionTo come");
  server.steps[RUNNING.id]?.splice(1, 1, {
    name: "provision",
    started_at: "2026-11-24T16:29:15Z",
    finished_at: "2026-11-24T16:30:01Z",
    error: "",
    result: { wal_segments: 3 },
  });
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(await screen.findByText(/took 46 s/)).toBeInTheDocument();
});

test("a step whose database does not answer is said to be tried again", async () => {
  server.steps[RUNNING.id]?.splice(1, 1, {
    name: "compare",
    started_at: "2026-11-24T16:29:15Z",
    finished_at: "",
    error: "connection refused",
    result: null,
  });
  open(RUNNING.id);
  const shown = await texts();
  expect(shown[1]).toContain("Compare the contentRetrying");
  expect(shown[1]).toContain("connection refused");
});

test("a failed drill says why, at which step, and what it did not reach", async () => {
  open(FAILED.id);
  const shown = await screen.findByRole("region", { name: "How it stands" });
  expect(shown).toHaveTextContent("FailedTable events has 2,093,110 rows; it had 2,093,111.");
  const all = await texts();
  expect(all[2]).toContain("Compare the contentFailed");
  expect(all[2]).toContain("Table events has 2,093,110 rows");
  expect(all.at(-1)).toBe("Sign-offNot reached");
  expect(screen.queryByRole("region", { name: "What to do" })).not.toBeInTheDocument();
});

test("a drill that has ended is not asked for again", async () => {
  open(FAILED.id);
  await steps();
  await act(() => vi.advanceTimersByTimeAsync(20_000));
  expect(server.requestsTo(`GET /v1/drills/${FAILED.id}`)).toHaveLength(1);
});

test("a DBA who did not start it signs it off with a note", async () => {
  open(WAITING.id);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Sign off" }));
  await expectNoAxeFindings();
  await person.type(screen.getByLabelText("Note"), "read it all");
  await person.click(screen.getByRole("button", { name: "Sign it off" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/drills/${WAITING.id}/sign-off`)[0]?.body).toEqual({
      accept: true,
      note: "read it all",
    }),
  );
  expect(await screen.findByText(/Your decision was taken/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Sign off" })).not.toBeInTheDocument();
});

test("a DBA who is not convinced rejects it", async () => {
  open(WAITING.id);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Reject" }));
  await person.type(screen.getByLabelText("Note"), "took too long");
  await person.click(screen.getByRole("button", { name: "Reject it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/drills/${WAITING.id}/sign-off`)[0]?.body).toEqual({
      accept: false,
      note: "took too long",
    }),
  );
});

test("staging is pointed to a restore, without a note, and its address is shown", async () => {
  server.drills = server.drills.map((drill) =>
    drill.id === WAITING.id ? { ...drill, kind: "restore" } : drill,
  );
  server.on(`POST /v1/drills/${WAITING.id}/staging`, () => {
    server.drills = server.drills.map((drill) => ({ ...drill, staging: "https://staging.example" }));
    return json({ id: WAITING.id, status: "running" }, 202);
  });
  open(WAITING.id, "P09-SRE");
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Point staging to it" }));
  expect(screen.queryByLabelText("Note")).not.toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Point staging" }));
  expect(await screen.findByText("https://staging.example")).toBeInTheDocument();
});

test("who started it is not offered the sign-off, and is told whom it waits for", async () => {
  server.drills = server.drills.map((drill) => ({ ...drill, own: true }));
  open(WAITING.id);
  expect(
    await screen.findByText("You started it: it waits for the sign-off of another DBA."),
  ).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Sign off" })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Abort" })).toBeInTheDocument();
  expect(screen.getByText(/by you$/)).toBeInTheDocument();
});

test("who is no DBA is not offered the sign-off", async () => {
  open(WAITING.id, "P09-Lead");
  expect(
    await screen.findByText("It waits for the sign-off of a DBA who did not start it."),
  ).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Sign off" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Abort" })).not.toBeInTheDocument();
});

test("a refusal of the API is told in its words", async () => {
  server.on(`POST /v1/drills/${WAITING.id}/sign-off`, () => problem(403, "ask another DBA"));
  open(WAITING.id);
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Sign off" }));
  await person.type(screen.getByLabelText("Note"), "mine");
  await person.click(screen.getByRole("button", { name: "Sign it off" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Ask another DBA");
});

test("a drill is aborted with a reason", async () => {
  open(RUNNING.id, "P09-SRE");
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Abort" }));
  await person.type(screen.getByLabelText("Why?"), "the wrong moment");
  await person.click(screen.getByRole("button", { name: "Abort it" }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/drills/${RUNNING.id}/abort`)[0]?.body).toEqual({
      reason: "the wrong moment",
    }),
  );
  expect(await screen.findByRole("status")).toHaveTextContent("It is being aborted");
});

test.each([
  ["Promote", true, "discard 14 acts and 1 key"],
  ["Discard", false, ""],
])("a restore that was signed off: %s", async (name, accept, confirm) => {
  open(SIGNED.id);
  const person = user();
  await person.click(await screen.findByRole("button", { name }));
  if (accept) {
    expect(await screen.findByText("5,000")).toBeVisible();
    await person.type(screen.getByLabelText("Say what is discarded"), confirm);
  }
  await person.type(screen.getByLabelText("Note"), "agreed with the lead");
  await person.click(screen.getByRole("button", { name: `${name} it` }));
  await waitFor(() =>
    expect(server.requestsTo(`POST /v1/drills/${SIGNED.id}/promote`)[0]?.body).toEqual({
      accept,
      note: "agreed with the lead",
      confirm,
    }),
  );
});

test("a drill that there is not is a problem", async () => {
  open("drill-20200101T000000Z-0000");
  expect(await screen.findByRole("alert")).toHaveTextContent("Nothing answers");
});
