import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import InvitationPage from "../../../src/features/people/InvitationPage";
import { SHOP } from "../../support/fake-analytics";
import { TOKEN } from "../../support/fake-organisation";
import { FakeServer, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn } from "../../support/render";

const PATH = "POST /v1/invitations/acceptance";

const open = (server: FakeServer, hash = `#${TOKEN}`) =>
  renderSignedIn(<InvitationPage />, server, `/invitation${hash}`);

test("nobody joins by only opening the link", async () => {
  const server = new FakeServer().on(PATH, { organisation_id: SHOP.organisation_id, role: "editor" });
  open(server);
  expect(screen.getByText(/^You join the organisation as ada\./)).toBeInTheDocument();
  expect(server.received).toEqual([]);
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("button", { name: "Accept the invitation" }));
  expect(await screen.findByRole("heading", { name: "You are a member now" })).toBeInTheDocument();
  expect(screen.getByText("Your role is editor.")).toBeInTheDocument();
  expect(server.requestsTo(PATH)[0]?.body).toEqual({ token: TOKEN });
  expect(screen.getByRole("link", { name: "Go to the sites" })).toHaveAttribute("href", "/");
});

test("an invitation that was used is refused in the API's words", async () => {
  open(new FakeServer().on(PATH, () => problem(404, "the invitation is unknown, was used or has expired")));
  await userEvent.click(screen.getByRole("button", { name: "Accept the invitation" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The invitation is unknown, was used");
});

test.each(["", "#", "#p09i_short"])("the link with %j is not whole, and is not sent", (hash) => {
  const server = new FakeServer();
  open(server, hash);
  expect(screen.getByText(/^The link is not whole/)).toBeInTheDocument();
  expect(screen.queryByRole("button")).not.toBeInTheDocument();
});
