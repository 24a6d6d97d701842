import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes, useLocation } from "react-router";
import { expect, test } from "vitest";
import { SitePage } from "../../../src/app/SitePage";
import { BLOG, FakeAnalytics, SHOP } from "../../support/fake-analytics";
import { json, problem } from "../../support/fake-server";
import { expectNoAxeFindings, renderSignedIn, tokenOf } from "../../support/render";

function Address() {
  const { pathname, search } = useLocation();
  return <output aria-label="Address">{pathname + search}</output>;
}

function open(server: FakeAnalytics, address: string, groups: readonly string[] = []) {
  const page = (
    <>
      <Routes>
        <Route path="/sites/:siteId" element={<SitePage />} />
        <Route path="*" element={<SitePage />} />
      </Routes>
      <Address />
    </>
  );
  return renderSignedIn(page, server, address, tokenOf(groups));
}

const withTraffic = (sites?: (typeof SHOP)[]) => {
  const server = new FakeAnalytics(sites);
  server.totals = { visitors: 5 };
  return server;
};

const currentSite = (domain: string) => screen.findByRole("button", { name: `Site: ${domain}` });
const address = () => screen.getByLabelText("Address").textContent;

test("an address without a site leads to the first one and keeps the period", async () => {
  open(withTraffic(), "/?range=7d");
  await currentSite("shop.example");
  expect(address()).toBe("/sites/1?range=7d");
});

test("an address with a site opens it", async () => {
  open(withTraffic(), "/sites/2");
  await currentSite("blog.example");
});

test("another site is chosen by keyboard and keeps the period", async () => {
  open(withTraffic(), "/sites/1?range=7d");
  (await currentSite("shop.example")).focus();
  await userEvent.keyboard("{Enter}");
  await screen.findByRole("option", { name: /blog.example/ });
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  await currentSite("blog.example");
  expect(address()).toBe("/sites/2?range=7d");
});

test("a site that is not there says so and offers the others", async () => {
  open(withTraffic(), "/sites/99");
  expect(await screen.findByRole("heading", { name: "There is no site 99 here" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Choose a site" })).toBeInTheDocument();
  await expectNoAxeFindings();
});

test("sites that can't be listed are a problem with another try", async () => {
  const server = withTraffic().on("GET /v1/sites", () => problem(503, "PostgreSQL can't be reached"));
  open(server, "/");
  expect(await screen.findByRole("alert")).toHaveTextContent("PostgreSQL can't be reached");
  server.on("GET /v1/sites", { sites: [SHOP], next_cursor: null });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await currentSite("shop.example");
});

test("every page of the list of sites is fetched", async () => {
  const pages = [
    { sites: [SHOP], next_cursor: "1" },
    { sites: [BLOG], next_cursor: null },
  ];
  open(
    withTraffic().on("GET /v1/sites", () => json(pages.shift())),
    "/sites/2",
  );
  await currentSite("blog.example");
});

test("who has no site yet adds the first one, and its organisation with it", async () => {
  const server = withTraffic([])
    .on("GET /v1/organisations", { organisations: [] })
    .on("POST /v1/organisations", () =>
      json({ organisation_id: SHOP.organisation_id, name: "Northwind", role: "owner" }, 201),
    );
  server.on("POST /v1/sites", () => {
    server.on("GET /v1/sites", { sites: [SHOP], next_cursor: null });
    return json(SHOP, 201);
  });
  open(server, "/", ["P09-Lead"]);
  await userEvent.type(await screen.findByRole("textbox", { name: "Domain" }), "shop.example");
  await userEvent.type(await screen.findByRole("textbox", { name: "Organisation" }), "Northwind");
  await expectNoAxeFindings();
  await userEvent.click(screen.getByRole("button", { name: "Add the site" }));
  await currentSite("shop.example");
  expect(server.requestsTo("POST /v1/organisations")[0]?.body).toEqual({ name: "Northwind" });
  expect(server.requestsTo("POST /v1/sites")[0]?.body).toMatchObject({
    domain: "shop.example",
    name: "shop.example",
    organisation_id: SHOP.organisation_id,
  });
});

test("who has no site and may not add one is told who can", async () => {
  open(withTraffic([]).on("GET /v1/organisations", { organisations: [] }), "/", ["P09-Auditor"]);
  expect(await screen.findByRole("heading", { name: "No site of yours" })).toBeInTheDocument();
  expect(screen.queryByRole("textbox", { name: "Domain" })).not.toBeInTheDocument();
});

test("a viewer is not offered to add a site", async () => {
  const server = withTraffic();
  server.belongsTo("viewer");
  open(server, "/sites/1");
  await userEvent.click(await currentSite("shop.example"));
  await screen.findByRole("option", { name: /blog.example/ });
  expect(screen.queryByRole("option", { name: "Add a site" })).not.toBeInTheDocument();
});

test("a domain that is taken is told in the form", async () => {
  const organisation = { organisation_id: SHOP.organisation_id, name: "Northwind", role: "editor" };
  const server = withTraffic()
    .on("GET /v1/organisations", { organisations: [organisation] })
    .on("POST /v1/sites", () =>
      problem(409, "a site has the domain blog.example already", {
        errors: [{ pointer: "#/domain", detail: "is taken" }],
      }),
    );
  open(server, "/sites/1");
  await userEvent.click(await currentSite("shop.example"));
  await userEvent.click(await screen.findByRole("option", { name: "Add a site" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Domain" }), "blog.example");
  await waitFor(() => expect(screen.getByRole("button", { name: "Add the site" })).toBeEnabled());
  await userEvent.click(screen.getByRole("button", { name: "Add the site" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("A site has the domain blog.example already");
  expect(screen.getByText("#/domain")).toBeInTheDocument();
});
