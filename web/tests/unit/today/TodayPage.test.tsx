import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import TodayPage from "../../../src/features/today/TodayPage";
import { FakeRunbook } from "../../support/fake-runbook";
import { problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeRunbook;

beforeEach(() => {
  server = new FakeRunbook();
});

afterEach(() => {
  vi.useRealTimers();
});

const open = (search = "", role = "P09-SRE") =>
  renderSignedIn(<TodayPage />, server, `/operations/today${search}`, tokenOf([role]));

const row = (name: RegExp) => screen.findByRole("row", { name });
const drawer = () => screen.findByRole("dialog");

test("the table says for each task when, what, who, in which state and why", async () => {
  open();
  const shown = await row(/error budget/);
  expect(shown).toHaveTextContent("08:00");
  expect(shown).toHaveTextContent("Product SRE");
  expect(shown).toHaveTextContent("Failed");
  expect(shown).toHaveTextContent("p95 latency has 11% of its error budget left, less than 25%.");
});

test("a task that has no run says what the clock makes of it", async () => {
  open();
  expect(await row(/pipeline/)).toHaveTextContent("Starts at 20:00");
  expect(await row(/nightly backup/)).toHaveTextContent("it counts as missed after 30 minutes");
  expect(await row(/Redis snapshot/)).toHaveTextContent("Sundays at 03:00");
});

test("a run by hand is named and never stands for the scheduled one", async () => {
  open();
  const shown = await row(/Redis memory/);
  expect(shown).toHaveTextContent("Unconfigured");
  expect(shown).toHaveTextContent("by hand: passed");
  expect(shown).toHaveTextContent("maxmemory is 0");
});

test("the day is drawn, and counted with what needs attention first", async () => {
  open();
  const marks = await screen.findByRole("list", { name: "The day’s tasks in their order" });
  const names = within(marks)
    .getAllByRole("link")
    .map((link) => link.getAttribute("aria-label"));
  expect(names[0]).toBe("01:00 Export and sign the evidence of the day before: missed");
  expect(names).toHaveLength(6);
  expect(
    screen.getByText(/^1 failed · 1 missed · 1 unconfigured · 1 due · 1 passed · 1 upcoming/),
  ).toBeInTheDocument();
});

test("a task opens with the evidence of its newest run, and its earlier runs", async () => {
  open();
  await userEvent.click(await screen.findByRole("link", { name: "Review error budget burn-down chart" }));
  const shown = await drawer();
  const evidence = await within(shown).findByRole("region", { name: "Evidence" });
  expect(within(evidence).getByRole("row", { name: "availability 0.6242 –" })).toBeInTheDocument();
  expect(within(evidence).getByRole("row", { name: "minimum remaining – 0.25" })).toBeInTheDocument();
  expect(within(evidence).getByRole("link", { name: "console" })).toHaveAttribute(
    "href",
    "https://app.example.com/operations/kpis",
  );
  expect(evidence).toHaveTextContent("report: s3://p09-reports/2026/11/23/report.json");
  expect(evidence).toHaveTextContent("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  await userEvent.click(await within(shown).findByRole("button", { name: "19 Nov, 08:00" }));
  expect(await within(shown).findByText("/health/db timed out.")).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("the address names the task and the run that are open", async () => {
  open("?date=2026-11-23&task=redis_memory&run=redis_memory-20261123T120000Z");
  expect(await within(await drawer()).findByText(/maxmemory is 0/)).toBeInTheDocument();
});

test("a task that has never run says when it will", async () => {
  open("?task=pipeline_review");
  const shown = await drawer();
  expect(shown).toHaveTextContent("No run on this day. Starts at 20:00.");
  expect(await within(shown).findByText(/It has never run/)).toBeInTheDocument();
});

test("a task is run by hand with a reason, and its record is opened", async () => {
  open("?task=redis_memory");
  await userEvent.click(await screen.findByRole("button", { name: "Run now" }));
  await userEvent.type(screen.getByLabelText("Why is it run by hand?"), "After the failover");
  await userEvent.click(screen.getByRole("button", { name: "Run now" }));
  expect(await screen.findByText(/by ada: After the failover/)).toBeInTheDocument();
  expect(screen.getByText("It has no verdict yet; this page waits for it.")).toBeInTheDocument();
  expect(server.requestsTo("POST /v1/runbook/tasks/redis_memory/runs")[0]?.body).toEqual({
    reason: "After the failover",
  });
});

test("a refused run says why, and keeps what was typed", async () => {
  server.on("POST /v1/runbook/tasks/redis_memory/runs", () =>
    problem(409, "redis_memory was asked for this very second"),
  );
  open("?task=redis_memory");
  await userEvent.click(await screen.findByRole("button", { name: "Run now" }));
  await userEvent.type(screen.getByLabelText("Why is it run by hand?"), "Again");
  await userEvent.click(screen.getByRole("button", { name: "Run now" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("was asked for this very second");
  expect(screen.getByLabelText("Why is it run by hand?")).toHaveValue("Again");
});

test("who may not run a task is not offered to", async () => {
  open("?task=redis_memory", "P09-Auditor");
  await within(await drawer()).findByRole("region", { name: "Evidence" });
  expect(screen.queryByRole("button", { name: "Run now" })).not.toBeInTheDocument();
});

test("another day is asked for by its date, and one leads back to today", async () => {
  open();
  await row(/error budget/);
  await userEvent.click(screen.getByRole("button", { name: "The day before" }));
  expect(await screen.findByRole("heading", { name: "Sunday, 22 November 2026" })).toBeInTheDocument();
  await waitFor(() =>
    expect(server.requestsTo("GET /v1/runbook").at(-1)?.query.get("date")).toBe("2026-11-22"),
  );
  await userEvent.click(await screen.findByRole("button", { name: "Today" }));
  expect(await screen.findByRole("heading", { name: "Today" })).toBeInTheDocument();
});

test("another state appears by itself", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open();
  await row(/pipeline/);
  for (const task of server.table.tasks)
    if (task.id === "pipeline_review") Object.assign(task, { state: "running", hint: "Runs now" });
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  await waitFor(async () => expect(await row(/pipeline/)).toHaveTextContent("Runs now"));
});

test("a run that waits for its verdict is asked for again until it has one", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const [run] = server.runs("health_check");
  if (!run) throw new Error("health_check has no run");
  Object.assign(run, { state: "running", why: "" });
  open("?task=health_check");
  await screen.findByText("It has no verdict yet; this page waits for it.");
  Object.assign(run, { state: "passed", why: "5 checks passed." });
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(await within(await drawer()).findByText("5 checks passed.")).toBeInTheDocument();
});

test("a runbook without tasks says how to get one", async () => {
  server.table = { ...server.table, tasks: [] };
  open();
  expect(await screen.findByRole("heading", { name: "The runbook has no tasks" })).toBeInTheDocument();
});

test("a problem is told, and another try mends it", async () => {
  const { table } = server;
  server.on("GET /v1/runbook", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
  server.on("GET /v1/runbook", table);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await row(/error budget/);
});

test("the page has no accessibility findings", async () => {
  open();
  await row(/error budget/);
  await expectNoAxeFindings();
});
