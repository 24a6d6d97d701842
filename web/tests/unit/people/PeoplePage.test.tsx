import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import PeoplePage from "../../../src/features/people/PeoplePage";
import { SHOP } from "../../support/fake-analytics";
import { ADA, FakeOrganisation, GRACE, INVITATION, TOKEN } from "../../support/fake-organisation";
import { problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

const AT = `/v1/organisations/${SHOP.organisation_id}`;

let server: FakeOrganisation;

beforeEach(() => {
  server = new FakeOrganisation();
});

const open = (subject = ADA) =>
  renderSignedIn(
    <PeoplePage site={SHOP} />,
    server,
    "/sites/1/people",
    tokenOf([], { sub: subject, username: "ada@shop.example" }),
  );

async function member(subject: string): Promise<HTMLElement> {
  const found = (await screen.findByTitle(subject)).closest("tr");
  if (found === null) throw new Error(`${subject} stands in no row`);
  return found;
}

test("members and who is invited are listed, with oneself marked", async () => {
  open();
  expect(await member(ADA)).toHaveTextContent("ada@shop.exampleyou7f1c0000Owner20 Nov");
  expect(await member(GRACE)).toHaveTextContent("Grace7f1c0000Editor20 Nov");
  expect(await screen.findByText("Of the organisation Northwind")).toBeInTheDocument();
  const invited = await screen.findByRole("list", { name: "Invitations" });
  expect(invited).toHaveTextContent("linus@shop.exampleas viewer · can be accepted until 27 Nov, 09:00 UTC");
  await expectNoAxeFindings();
});

test("who was never invited has no name to others, but can be told apart", async () => {
  open(GRACE);
  expect(await member(ADA)).toHaveTextContent("Not invited by name7f1c0000Owner20 Nov");
});

test("an owner invites somebody, and sees the link once", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Invite somebody" }));
  await userEvent.type(await screen.findByLabelText("Who is it?"), "Katherine");
  await userEvent.selectOptions(screen.getByLabelText("Role"), "editor");
  await userEvent.click(screen.getByRole("button", { name: "Make the invitation" }));
  const dialog = await screen.findByRole("dialog", { name: "The invitation of Katherine" });
  expect(server.requestsTo(`POST ${AT}/invitations`)[0]?.body).toEqual({
    label: "Katherine",
    role: "editor",
  });
  const link = `${window.location.origin}/invitation#${TOKEN}`;
  expect(within(dialog).getByText(link)).toBeInTheDocument();
  await expectNoAxeFindings();
  await userEvent.keyboard("{Escape}");
  expect(within(dialog).getByText(link)).toBeInTheDocument();
  await userEvent.click(within(dialog).getByRole("button", { name: "I have copied the link" }));
  expect(screen.queryByText(link)).not.toBeInTheDocument();
  expect(await screen.findByText("Katherine")).toBeInTheDocument();
});

test("a role is changed", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Change role: Grace" }));
  await userEvent.selectOptions(screen.getByLabelText("Role"), "viewer");
  await userEvent.click(screen.getByRole("button", { name: "Save the role" }));
  await waitFor(async () => expect(await member(GRACE)).toHaveTextContent("Viewer"));
});

test("the last owner stays, in the API's words", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Change role: ada@shop.example" }));
  expect(screen.getByText(/^This is you/)).toBeInTheDocument();
  await userEvent.selectOptions(screen.getByLabelText("Role"), "viewer");
  await userEvent.click(screen.getByRole("button", { name: "Save the role" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("An organisation needs an owner");
});

test("somebody is removed after a second question", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Remove: Grace" }));
  expect(screen.getByText(/^They lose sight of all sites/)).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Remove them" }));
  await waitFor(() => expect(screen.queryByTitle(GRACE)).not.toBeInTheDocument());
  expect(server.requestsTo(`DELETE ${AT}/members/${GRACE}`)).toHaveLength(1);
});

test("an invitation is withdrawn, and then nobody is invited", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: `Withdraw: ${INVITATION.label}` }));
  await userEvent.click(screen.getByRole("button", { name: "Withdraw it" }));
  expect(await screen.findByRole("heading", { name: "Nobody is invited" })).toBeInTheDocument();
});

test("who is no owner may leave, and nothing else", async () => {
  open(GRACE);
  await userEvent.click(await screen.findByRole("button", { name: "Leave: Grace" }));
  expect(screen.getByRole("button", { name: "Leave the organisation" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Invite|Change role|^Remove/ })).not.toBeInTheDocument();
  expect(server.requestsTo(`GET ${AT}/invitations`)).toEqual([]);
});

test("a problem is told", async () => {
  server.on(`GET ${AT}/members`, () => problem(503, "PostgreSQL can't be reached"));
  open();
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
});
