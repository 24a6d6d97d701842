import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import KeysPage from "../../../src/features/keys/KeysPage";
import { SHOP } from "../../support/fake-analytics";
import { ADA, FakeOrganisation, GRACE, SECRET, WRITE_KEY } from "../../support/fake-organisation";
import { problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

let server: FakeOrganisation;

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date("2026-11-23T16:10:00Z") });
  server = new FakeOrganisation();
});

afterEach(() => {
  vi.useRealTimers();
});

const user = () => userEvent.setup({ advanceTimers: vi.advanceTimersByTimeAsync });

const open = (subject = ADA) =>
  renderSignedIn(<KeysPage site={SHOP} />, server, "/sites/1/keys", tokenOf([], { sub: subject }));

const row = (prefix: string) => screen.findByRole("row", { name: new RegExp(prefix) });

test("keys that work stand before those of the past, each with its last use", async () => {
  open();
  expect(await row("p09w_ab12")).toHaveTextContent(/write key.*Works20 Nov, 09:005 minutes ago/);
  expect(await row("p09w_0old")).toHaveTextContent("Ends 24 Nov, 08:00");
  const past = await screen.findByRole("region", { name: "Keys of the past" });
  expect(past).toHaveTextContent(/p09r_ef56….*read key.*Revoked 21 Nov, 10:0020 Nov, 09:00never/);
  expect(within(past).queryByRole("button")).not.toBeInTheDocument();
  await expectNoAxeFindings();
});

test("a key is shown once, when it is made", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Make a write key" }));
  expect(await screen.findByText(SECRET)).toBeInTheDocument();
  expect(server.requestsTo("POST /v1/sites/1/keys")[0]?.body).toEqual({ kind: "ingest" });
  expect(await row("p09w_cd34")).toHaveTextContent(/Works.*never/);
  await expectNoAxeFindings();
  await person.click(screen.getByRole("button", { name: "I have copied the key" }));
  expect(screen.queryByText(SECRET)).not.toBeInTheDocument();
});

test("a key that was rotated works beside its successor for as long as was chosen", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Rotate p09w_ab12" }));
  expect(screen.getByLabelText("The old key ends")).toHaveValue("86400");
  await person.selectOptions(screen.getByLabelText("The old key ends"), "in an hour");
  await person.click(screen.getByRole("button", { name: "Make the new key" }));
  expect(await screen.findByText(SECRET)).toBeInTheDocument();
  expect(server.requestsTo(`POST /v1/sites/1/keys/${WRITE_KEY.key_id}/rotation`)[0]?.body).toEqual({
    overlap_seconds: 3600,
  });
  await waitFor(async () => expect(await row("p09w_ab12")).toHaveTextContent("Ends 24 Nov, 16:10"));
});

test("a key is revoked after a second question", async () => {
  open();
  const person = user();
  await person.click(await screen.findByRole("button", { name: "Revoke p09w_ab12" }));
  expect(screen.getByText(/^It stops working within a minute/)).toBeInTheDocument();
  expect(server.requestsTo(`DELETE /v1/sites/1/keys/${WRITE_KEY.key_id}`)).toEqual([]);
  await person.click(screen.getByRole("button", { name: "Revoke it" }));
  await waitFor(async () => expect(await row("p09w_ab12")).toHaveTextContent("Revoked 23 Nov, 16:10"));
});

test("an editor may change keys, a viewer is told who may", async () => {
  const { unmount } = open(GRACE);
  expect(await screen.findByRole("button", { name: "Make a read key" })).toBeInTheDocument();
  unmount();
  server.members = [{ subject: GRACE, role: "viewer", created_at: "2026-11-20T09:00:00Z", label: "" }];
  open(GRACE);
  await row("p09w_ab12");
  expect(screen.queryByRole("button", { name: /Make|Rotate|Revoke/ })).not.toBeInTheDocument();
  expect(
    screen.getByText("Owners and editors of the organisation make, rotate and revoke keys."),
  ).toBeInTheDocument();
});

test("without a key the page says what one is for", async () => {
  server.keys = [];
  open();
  expect(await screen.findByRole("heading", { name: "No key works" })).toBeInTheDocument();
  expect(await screen.findByText(/^The script tag needs none/)).toBeInTheDocument();
});

test("problems are told, of the list and of what was tried", async () => {
  server.on("POST /v1/sites/1/keys", () => problem(403, "this takes the role owner or editor"));
  open();
  await user().click(await screen.findByRole("button", { name: "Make a write key" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("This takes the role owner or editor");
});
