import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import AnnouncementsPage from "../../../src/features/announcements/AnnouncementsPage";
import { DEPLOYMENT, LIST, OPENED } from "../../support/announcement-samples";
import { FakeServer, json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeServer;
let list: typeof LIST;

beforeEach(() => {
  list = structuredClone(LIST);
  server = new FakeServer()
    .on("GET /v1/announcements", ({ query }) =>
      json({ ...list, announcements: query.get("state") === "dead" ? [OPENED] : list.announcements }),
    )
    .on("POST /v1/announcements", () => json(DEPLOYMENT, 201))
    .on("POST /v1/announcements/replay", ({ body }) =>
      json({ replayed: (body as { ids: string[] }).ids, skipped: [] }),
    );
});

afterEach(() => {
  vi.useRealTimers();
});

const open = (role = "P09-SRE") =>
  renderSignedIn(<AnnouncementsPage />, server, "/operations/announcements", tokenOf([role]));

async function item(title: string): Promise<HTMLElement> {
  const found = (await screen.findByText(title)).closest("li");
  if (found === null) throw new Error(`${title} stands in no list`);
  return found;
}

test("an announcement says when, what kind, what, in which thread, and what became of it in each channel", async () => {
  open();
  const shown = await item(OPENED.title);
  expect(shown).toHaveTextContent("23 Nov, 15:52 · Incident opened");
  expect(within(shown).getByRole("link", { name: "incident:INC-20261123-155200-a1b2" })).toHaveAttribute(
    "href",
    "/operations/incidents/INC-20261123-155200-a1b2",
  );
  expect(shown).toHaveTextContent("#incidents: sent23 Nov, 15:52");
  expect(shown).toHaveTextContent("subscribers by e-mail: given up9 attempts · SNS answered 403");
  expect(await item(DEPLOYMENT.title)).toHaveTextContent(
    "subscribers by e-mail: waits2 attempts · next attempt 23 Nov, 16:12 · timed out after 5 s",
  );
});

test("each channel says what goes there and what became of it", async () => {
  open();
  const cards = within(await screen.findByRole("list", { name: "Channels" })).getAllByRole("listitem");
  expect(cards.map(({ textContent }) => textContent)).toEqual([
    "#release-updates1 sentSlack · planned deployment, notice, maintenances",
    "#incidents1 sent · 1 not configuredSlack · incidents, reviews",
    "subscribers by e-mail1 waits · 1 given upE-mail · planned deployment, incidents",
  ]);
});

test("a message that was given up is sent again", async () => {
  open();
  const shown = await item(OPENED.title);
  await userEvent.click(within(shown).getByRole("button", { name: "Send again to subscribers by e-mail" }));
  await waitFor(() =>
    expect(server.requestsTo("POST /v1/announcements/replay")[0]?.body).toEqual({
      ids: ["20261123T155200Z-0123456789ab.email"],
    }),
  );
});

test("all that were given up are sent again at once", async () => {
  const again = structuredClone(OPENED);
  again.id = "20261122T155200Z-0123456789ab";
  for (const delivery of again.deliveries) delivery.id = delivery.id.replace("20261123", "20261122");
  list.announcements.push(again);
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Send all 2 again" }));
  expect(await screen.findByText("2 messages queued again")).toBeInTheDocument();
});

test("those with messages that were given up are shown alone", async () => {
  open();
  await userEvent.click(await screen.findByRole("radio", { name: "Given up (1)" }));
  await waitFor(() => expect(screen.queryByText(DEPLOYMENT.title)).not.toBeInTheDocument());
  expect(await item(OPENED.title)).toBeInTheDocument();
});

test("something is announced in the channels of its kind, of which some are left out", async () => {
  open();
  await item(OPENED.title);
  await userEvent.click(screen.getByRole("button", { name: "Announce" }));
  await userEvent.type(await screen.findByLabelText("Title"), "API 2.15");
  await userEvent.type(screen.getByLabelText("What happens"), "Exports stream.");
  await userEvent.click(screen.getByLabelText("subscribers by e-mail"));
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("button", { name: "Announce it" }));
  await waitFor(() =>
    expect(server.requestsTo("POST /v1/announcements")[0]?.body).toEqual({
      kind: "planned_deployment",
      title: "API 2.15",
      summary: "Exports stream.",
      impact: "",
      channels: ["release_updates"],
    }),
  );
});

test("who may not announce or replay is not offered to", async () => {
  open("P09-Auditor");
  await item(OPENED.title);
  expect(screen.queryByRole("button", { name: "Announce" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Send again/ })).not.toBeInTheDocument();
});

test("nothing announced yet says what announces itself", async () => {
  list.announcements = [];
  open();
  expect(await screen.findByRole("heading", { name: "Nothing was announced yet" })).toBeInTheDocument();
});

test("what becomes of a message appears by itself", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  open();
  await item(DEPLOYMENT.title);
  for (const { deliveries } of list.announcements) {
    for (const delivery of deliveries) Object.assign(delivery, { state: "sent" });
  }
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  await waitFor(async () =>
    expect(await item(DEPLOYMENT.title)).toHaveTextContent("subscribers by e-mail: sent"),
  );
});

test("a problem is told", async () => {
  server.on("GET /v1/announcements", () => problem(503, "DynamoDB can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("DynamoDB can't be reached");
});

test("the page has no accessibility findings", async () => {
  open();
  await item(OPENED.title);
  await expectNoAxeFindings();
});
