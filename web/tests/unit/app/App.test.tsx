import { QueryClient } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { App } from "../../../src/app/App";
import { Providers } from "../../../src/app/Providers";
import { FakeAnalytics, SHOP } from "../../support/fake-analytics";
import { json, problem } from "../../support/fake-server";
import { expectNoAxeFindings } from "../../support/render";

const CONFIG = {
  stage: "local",
  cognito_endpoint: "http://identity.test/identity",
  client_id: "app",
  redirect: null,
  demo_people: true,
};
const ADA = { name: "Ada Okafor", role: "P09-SRE", username: "ada", password: "secret" };
const TOKENS = { AccessToken: "token", RefreshToken: "refresh", ExpiresIn: 3600 };

let server: FakeAnalytics;

beforeEach(() => {
  server = new FakeAnalytics();
  server.totals = { visitors: 5 };
  server
    .on("GET /config.json", CONFIG)
    .on("GET /demo/people.json", [ADA])
    .on("POST /identity", { AuthenticationResult: TOKENS });
});

function open(address = "/", onCaughtError?: () => void) {
  server.install();
  window.history.replaceState(null, "", address);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <Providers queries={queries} env="test">
      <App />
    </Providers>,
    onCaughtError && { onCaughtError },
  );
}

async function signInAsAda() {
  await userEvent.click(await screen.findByRole("button", { name: /Ada Okafor/ }));
  await screen.findByRole("heading", { name: "Traffic" });
}

test("a demo person signs in with one click, and is where the address leads", async () => {
  open("/sites/2?range=7d");
  await signInAsAda();
  expect(server.requestsTo("POST /identity")[0]?.body).toMatchObject({
    AuthParameters: { USERNAME: "ada", PASSWORD: "secret" },
  });
  expect(window.location.pathname + window.location.search).toBe("/sites/2?range=7d");
  expect(screen.getByRole("button", { name: "Site: blog.example" })).toBeInTheDocument();
});

test("demo people stand by the half of P09 that is theirs", async () => {
  const viewer = { ...ADA, name: "Lin Shop", role: "viewer", username: "lin" };
  server.on("GET /demo/people.json", [viewer, ADA]);
  open();
  const customers = await screen.findByRole("list", { name: "See a site’s visits" });
  expect(customers).toHaveTextContent(/^Lin Shopviewer$/);
  expect(screen.getByRole("list", { name: "Run P09" })).toHaveTextContent(/^Ada OkaforP09-SRE$/);
  await expectNoAxeFindings();
});

test("a person signs in with a password", async () => {
  server.on("GET /config.json", { ...CONFIG, demo_people: false });
  open();
  await userEvent.type(await screen.findByRole("textbox", { name: "Email or username" }), "ada");
  await userEvent.type(screen.getByLabelText("Password"), "secret{Enter}");
  await screen.findByRole("heading", { name: "Traffic" });
  expect(server.requestsTo("GET /demo/people.json")).toEqual([]);
});

test("a wrong password is told", async () => {
  server.on("POST /identity", () => json({ message: "Incorrect username or password." }, 400));
  open();
  await userEvent.click(await screen.findByRole("button", { name: /Ada Okafor/ }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Incorrect username or password.");
});

test("the sign-in page has no accessibility findings", async () => {
  open();
  await screen.findByRole("button", { name: /Ada Okafor/ });
  await expectNoAxeFindings();
});

test("a token that the API refuses leads back to the sign-in page", async () => {
  open();
  await signInAsAda();
  server.on("POST /v1/query", () => problem(401, "the access token is not valid"));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
  expect(sessionStorage).toHaveLength(0);
});

test("the account's menu leads to the API's documentation", async () => {
  open();
  await signInAsAda();
  await userEvent.click(screen.getByRole("button", { name: "Account" }));
  expect(await screen.findByRole("menuitem", { name: "API documentation" })).toHaveAttribute("href", "/docs");
});

test("signing out leads back to the sign-in page", async () => {
  open();
  await signInAsAda();
  await userEvent.click(screen.getByRole("button", { name: "Account" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
});

test("the colour scheme follows the system until one is chosen", async () => {
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Colour scheme" }));
  expect(await screen.findByRole("menuitemradio", { name: "System" })).toHaveAttribute(
    "aria-checked",
    "true",
  );
  await userEvent.click(screen.getByRole("menuitemradio", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-mantine-color-scheme", "dark");
});

const REDIRECT = {
  issuer: "https://people.test/pool",
  client_id: "redirect",
  authorize_url: "https://people.test/oauth2/authorize",
  token_url: "https://people.test/oauth2/token",
  logout_url: "https://people.test/logout",
  provider: "SSO",
};

test("where the company's directory signs people in, that comes first", async () => {
  server.on("GET /config.json", { ...CONFIG, demo_people: false, redirect: REDIRECT });
  open();
  await screen.findByRole("button", { name: "Sign in with SSO" });
  const buttons = screen.getAllByRole("button").map((button) => button.textContent);
  expect(buttons.indexOf("Sign in with SSO")).toBeLessThan(buttons.indexOf("Sign in"));
  await expectNoAxeFindings();
});

test("without it there is no such button", async () => {
  open();
  await screen.findByRole("button", { name: /Ada Okafor/ });
  expect(screen.queryByRole("button", { name: "Sign in with SSO" })).toBeNull();
});

test("who comes back without having left is told to begin again", async () => {
  server.on("GET /config.json", { ...CONFIG, redirect: REDIRECT });
  open("/signed-in?code=stolen&state=made-up");
  expect(await screen.findByRole("alert")).toHaveTextContent("not begun in this tab");
  expect(screen.getByRole("link", { name: "Back to the sign-in page" })).toHaveAttribute("href", "/");
  expect(server.requestsTo("POST /oauth2/token")).toEqual([]);
  await expectNoAxeFindings();
});

test("a configuration that can't be read is a problem with another try", async () => {
  server.on("GET /config.json", () => problem(503, "not there yet"));
  open();
  expect(await screen.findByRole("alert")).toBeInTheDocument();
  server.on("GET /config.json", CONFIG);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toBeInTheDocument();
});

test("when even the frame of the pages fails, the console says so and can be tried again", async () => {
  server.on("GET /v1/sites", { sites: [null], next_cursor: null });
  open("/sites/1", () => {});
  await userEvent.click(await screen.findByRole("button", { name: /Ada Okafor/ }));
  await screen.findByRole("heading", { name: "This page could not be shown" });
  await expectNoAxeFindings();
  server.on("GET /v1/sites", { sites: [SHOP], next_cursor: null });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByRole("heading", { name: "Traffic" });
});
