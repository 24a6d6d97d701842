import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes, useLocation } from "react-router";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import BackupsPage from "../../../src/features/backups/BackupsPage";
import DrillPage from "../../../src/features/backups/DrillPage";
import { FAILED, NEVER, NOW, PASSED, RUNNING, WAITING } from "../../support/backup-samples";
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

function open(role = "P09-DBA") {
  const page = (
    <Routes>
      <Route path="/operations/backups" element={<BackupsPage />} />
      <Route path="/operations/backups/:drillId" element={<DrillPage />} />
      <Route path="*" element={<Elsewhere />} />
    </Routes>
  );
  return renderSignedIn(page, server, "/operations/backups", tokenOf([role], { sub: "linus" }));
}

function Elsewhere() {
  const { pathname, search } = useLocation();
  return <p>{`${pathname}${search}`}</p>;
}

const verification = () => screen.findByRole("region", { name: "The last verification" });
const drills = () => screen.findByRole("region", { name: "Drills and restores" });

test("the last verification says its verdict and what it found", async () => {
  open();
  const shown = await verification();
  expect(shown).toHaveTextContent("PassedThe newest backup is complete, of the usual size");
  expect(shown).toHaveTextContent(
    "Newest backup974 MiBof 24 Nov, 02:04 · encrypted · kept until 29 Dec, 02:04",
  );
  expect(shown).toHaveTextContent(
    "Point-in-time window1 min 5 s behind20 Oct, 02:00:00 – 24 Nov, 15:58:59 · at most 10 min are allowed",
  );
  expect(shown).toHaveTextContent("Snapshot of Valkey41 MiBof 22 Nov, 03:00");
  expect(shown).toHaveTextContent(
    "What is kept4,210 files are whole1.4 GiB · each read again since 18 Nov, 04:00",
  );
  expect(shown).toHaveTextContent("Versioned buckets3 of 3");
  expect(screen.getByText(/Verified 24 Nov, 16:00 UTC, 29 minutes ago/)).toBeInTheDocument();
});

test("a verification leads to all its evidence on the page of its day", async () => {
  open();
  expect(await screen.findByRole("link", { name: "All its evidence" })).toHaveAttribute(
    "href",
    "/operations/today?date=2026-11-24&task=backup_verification&run=backup_verification-20261124T160000Z",
  );
});

test("earlier verifications are kept with the reason of each that failed", async () => {
  open();
  const shown = within(await verification());
  const [, row] = shown.getAllByRole("row", { hidden: true });
  expect(row).toHaveTextContent("23 Nov, 16:00FailedThe point-in-time window ends 14.2 minutes ago");
});

test("sizes and durations of the last thirty backups are drawn, and stand in a table", async () => {
  open();
  const table = await screen.findByRole("table", { name: /Backups, newest first/, hidden: true });
  const rows = within(table).getAllByRole("row", { hidden: true });
  expect(rows).toHaveLength(31);
  expect(rows[1]).toHaveTextContent("24 Nov, 02:041,010 MiB3 min 3 s");
  expect(await screen.findByRole("application", { name: "Size of each backup" })).toBeInTheDocument();
  expect(screen.getByRole("application", { name: "Duration of each backup" })).toBeInTheDocument();
  expect(screen.getByText("less than 480 MiB fails")).toBeInTheDocument();
});

test("what a verification did not find is said", async () => {
  server.backups.measured = {
    newest_backup: null,
    point_in_time: null,
    valkey_snapshot: null,
    buckets: { logs: false },
  };
  open();
  const shown = await verification();
  expect(shown).toHaveTextContent("Newest backupNone was foundOne may be 26 hours old.");
  expect(shown).toHaveTextContent("Point-in-time windowThere is none");
  expect(shown).toHaveTextContent("Snapshot of ValkeyNone was foundOne may be 8 days old.");
  expect(shown).toHaveTextContent("Versioned buckets0 of 1not: logs");
  expect(screen.queryByRole("region", { name: "Backups over time" })).not.toBeInTheDocument();
});

test.each([
  [
    "a fault of what is kept stands in its words",
    { faults: ["WAL segment 3F is missing.", "b", "c"] },
    "What is keptDamagedWAL segment 3F is missing. (and 2 more)",
  ],
  [
    "where AWS keeps the files it says on whose word they are whole",
    { oldest_reading: null },
    "What is keptNo hole was foundFiles on this machine",
  ],
])("%s", async (_, found, text) => {
  Object.assign(server.backups.measured.inspection as object, found);
  open();
  expect(await verification()).toHaveTextContent(text);
});

test("a system without any verification or drill says what to do", async () => {
  server.backups = structuredClone(NEVER);
  server.drills = [];
  open();
  expect(
    await screen.findByRole("heading", { name: "The backups have never been verified" }),
  ).toBeInTheDocument();
  expect(await screen.findByRole("heading", { name: "Nothing was ever restored" })).toBeInTheDocument();
  expect(screen.getByText(/Never verified/)).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("the backups are verified by hand, and the run is then shown", async () => {
  server.on("POST /v1/runbook/tasks/backup_verification/runs", () => json({ id: "run-1" }, 202));
  open();
  const person = user();
  await person.click(within(await verification()).getByRole("button", { name: "Run now" }));
  await person.type(screen.getByLabelText("Why is it run by hand?"), "after the incident");
  await person.click(screen.getByRole("button", { name: "Run now" }));
  expect(await screen.findByText("/operations/today?task=backup_verification&run=run-1")).toBeInTheDocument();
});

test("drills stand newest first with RPO, RTO, rows, and the reason of each that failed", async () => {
  open();
  const table = await within(await drills()).findByRole("table");
  const rows = within(table).getAllByRole("row").slice(1);
  expect(rows).toHaveLength(5);
  expect(rows[0]).toHaveTextContent("Restore to 23 Nov, 09:14:59");
  expect(rows[0]).toHaveTextContent("Running20 s––");
  expect(rows[1]).toHaveTextContent("Waiting for sign-off20 s4 min 12 s2,100,417");
  expect(rows[2]).toHaveTextContent("Table events has 2,093,110 rows; it had 2,093,111.Failed");
  expect(screen.getByRole("link", { name: "Drill to 10 Nov, 03:00:02" })).toHaveAttribute(
    "href",
    `/operations/backups/${PASSED.id}`,
  );
});

test("where staging answers from a restore stands beside it", async () => {
  server.drills = [{ ...WAITING, kind: "restore", staging: "http://127.0.0.1:8000/staging" }];
  open();
  const table = await within(await drills()).findByRole("table");
  expect(table).toHaveTextContent("Staging answers from it at http://127.0.0.1:8000/staging");
});

test("more drills are shown when asked for", async () => {
  server.drills = Array.from({ length: 23 }, (_, index) => ({ ...FAILED, id: `${FAILED.id}${index}` }));
  open();
  const shown = within(await drills());
  await user().click(await shown.findByRole("button", { name: "Show more" }));
  await waitFor(() => expect(shown.getAllByRole("row")).toHaveLength(24));
  expect(shown.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
});

test("a drill that goes on is followed by itself", async () => {
  open();
  expect(await screen.findByText("Running")).toBeInTheDocument();
  Object.assign(server.drills[0] ?? {}, { status: "failed", why: "The archive lacks a segment." });
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(await screen.findByText("The archive lacks a segment.")).toBeInTheDocument();
});

test("a drill is started after its plan was seen, and then followed from its beginning", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Start a drill or restore" }));
  const plan = await screen.findByRole("region", { name: "What would happen" });
  expect(plan).toHaveTextContent("Destroy the temporary database.");
  expect(plan).toHaveTextContent("The newest backup has 974 MiB.");
  await expectNoAxeFindings();
  await person.type(screen.getByLabelText("Why?"), "monthly drill");
  await person.click(screen.getByRole("button", { name: "Start the drill" }));
  expect(await screen.findByText("It was asked for and begins in some seconds.")).toBeInTheDocument();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  expect(server.requestsTo("POST /v1/drills")[0]?.body).toEqual({ kind: "drill", reason: "monthly drill" });
  server.drills.push({ ...WAITING, id: "drill-20261124T163000Z-beef", status: "running" });
  server.serve("drill-20261124T163000Z-beef");
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(await screen.findByRole("region", { name: "Steps" })).toBeInTheDocument();
});

test("a drill goes to a moment at which the content is known", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Start a drill or restore" }));
  const choice = await screen.findByLabelText("To the moment");
  await person.selectOptions(choice, await screen.findByRole("option", { name: /24 Nov, 09:30:00 UTC/ }));
  await person.type(screen.getByLabelText("Why?"), "again");
  await person.click(screen.getByRole("button", { name: "Start the drill" }));
  await waitFor(() =>
    expect(server.requestsTo("POST /v1/drills")[0]?.body).toEqual({
      kind: "drill",
      to: "2026-11-24T09:30:00Z",
      reason: "again",
    }),
  );
});

test("a restore goes to any second, and its plan warns of what can't be proved", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Start a drill or restore" }));
  await person.selectOptions(await screen.findByLabelText("What"), "restore");
  await person.type(screen.getByLabelText("To the moment (UTC)"), "2026-11-23 09:14:59");
  await person.type(screen.getByLabelText("Why?"), "events were deleted");
  expect(await screen.findByText(/can't be proved, only checked/)).toBeInTheDocument();
  await person.click(screen.getByRole("button", { name: "Start the restore" }));
  await waitFor(() =>
    expect(server.requestsTo("POST /v1/drills")[0]?.body).toEqual({
      kind: "restore",
      to: "2026-11-23T09:14:59Z",
      reason: "events were deleted",
    }),
  );
});

test("what the API refuses to start is told in its words", async () => {
  server.on("POST /v1/drills", () => problem(503, "the workflow does not answer"));
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Start a drill or restore" }));
  await person.type(await screen.findByLabelText("Why?"), "monthly drill");
  await person.click(screen.getByRole("button", { name: "Start the drill" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The workflow does not answer");
});

test("an auditor reads, and is offered neither a drill nor a verification", async () => {
  open("P09-Auditor");
  await verification();
  expect(screen.queryByRole("button", { name: "Start a drill or restore" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Run now" })).not.toBeInTheDocument();
});

test("a problem with the backups is told, and the drills stay in view", async () => {
  server.on("GET /v1/backups", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  expect(await screen.findByRole("link", { name: "Restore to 23 Nov, 09:14:59" })).toHaveAttribute(
    "href",
    `/operations/backups/${RUNNING.id}`,
  );
});

test("the page has no accessibility findings", async () => {
  open();
  await within(await drills()).findByRole("table");
  await screen.findByRole("application", { name: "Size of each backup" });
  await expectNoAxeFindings();
});
