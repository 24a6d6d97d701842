import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import ExclusionsPage from "../../../src/features/exclusions/ExclusionsPage";
import { FakeAnalytics, SHOP } from "../../support/fake-analytics";
import { json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

const PATH = "/v1/sites/1/exclusions";
const SAVED = {
  addresses: ["203.0.113.0/24"],
  hostnames: [],
  pages: ["/admin/**", "/drafts/*"],
  countries: [],
};

let server: FakeAnalytics;

beforeEach(() => {
  server = new FakeAnalytics();
  server.on(`GET ${PATH}`, SAVED);
});

const open = () => renderSignedIn(<ExclusionsPage site={SHOP} />, server, "/sites/1/exclusions", tokenOf([]));
const field = (label: string) => screen.findByRole("textbox", { name: label });
const save = () => screen.findByRole("button", { name: "Save exclusions" });

test("what the site leaves out is shown, a value on each line", async () => {
  open();
  expect(await field("Addresses")).toHaveValue("203.0.113.0/24");
  expect(await field("Allowed hosts")).toHaveValue("");
  expect(await field("Pages")).toHaveValue("/admin/**\n/drafts/*");
  expect(await field("Countries")).toHaveAccessibleDescription(/Codes of two letters/);
  await save();
  await expectNoAxeFindings();
});

test("the whole choice is saved, and shown as the API compares it", async () => {
  server.on(`PUT ${PATH}`, () => json({ ...SAVED, addresses: ["198.51.100.7/32"], countries: ["DE"] }));
  open();
  const submit = await save();
  await userEvent.clear(await field("Addresses"));
  await userEvent.type(await field("Addresses"), " 198.51.100.7 {Enter}{Enter}");
  await userEvent.type(await field("Countries"), "de");
  await userEvent.click(submit);
  expect(await screen.findByText(/^Saved\./)).toBeInTheDocument();
  expect(server.requestsTo(`PUT ${PATH}`)[0]?.body).toEqual({
    ...SAVED,
    addresses: ["198.51.100.7"],
    countries: ["de"],
  });
  await waitFor(async () => expect(await field("Addresses")).toHaveValue("198.51.100.7/32"));
  expect(await field("Countries")).toHaveValue("DE");
});

test("the notice goes when something is changed again", async () => {
  server.on(`PUT ${PATH}`, SAVED);
  open();
  await userEvent.click(await save());
  await screen.findByText(/^Saved\./);
  await userEvent.type(await field("Countries"), "FR");
  expect(screen.queryByText(/^Saved\./)).not.toBeInTheDocument();
  expect(await field("Countries")).toHaveValue("FR");
});

test("what the API refuses is said at its field, and what was written stays", async () => {
  server.on(`PUT ${PATH}`, () =>
    problem(422, "pages.2: 'admin' must be a page's path", {
      errors: [
        { pointer: "#/pages/2", detail: "pages.2: 'admin' must be a page's path" },
        { pointer: "#/countries/0", detail: "countries.0: 'Germany' must be two letters" },
      ],
    }),
  );
  open();
  const submit = await save();
  await userEvent.type(await field("Pages"), "{Enter}admin");
  await userEvent.type(await field("Countries"), "Germany");
  await userEvent.click(submit);
  await waitFor(async () => expect(await field("Pages")).toBeInvalid());
  expect(await field("Pages")).toHaveAccessibleDescription(/'admin' must be a page's path/);
  expect(await field("Countries")).toHaveAccessibleDescription(/'Germany' must be two letters/);
  expect(await field("Addresses")).toBeValid();
  expect(await field("Pages")).toHaveValue("/admin/**\n/drafts/*\nadmin");
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  await expectNoAxeFindings();
});

test("a problem of no field is told once", async () => {
  server.on(`PUT ${PATH}`, () => problem(503, "PostgreSQL can't be reached"));
  open();
  await userEvent.click(await save());
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
});

test("a viewer reads what is left out, and is told who chooses it", async () => {
  server.belongsTo("viewer");
  open();
  expect(await field("Addresses")).toHaveValue("203.0.113.0/24");
  expect(await field("Addresses")).toHaveAttribute("readonly");
  expect(await field("Allowed hosts")).toHaveAttribute("placeholder", "All");
  expect(
    screen.getByText("Owners and editors of the organisation choose what is left out."),
  ).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Save exclusions" })).not.toBeInTheDocument();
  await expectNoAxeFindings();
});
