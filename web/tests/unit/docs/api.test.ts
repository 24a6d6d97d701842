import { screen, waitFor } from "@testing-library/dom";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import TEXT from "../../../../shared/http/openapi.json?raw";
import { showApi } from "../../../src/docs/api";
import { FakeServer, problem } from "../../support/fake-server";

const DESCRIPTION = JSON.parse(TEXT) as {
  paths: Record<string, Record<string, { summary: string }>>;
};
const OPERATIONS = Object.entries(DESCRIPTION.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, { summary }]) => `${method.toUpperCase()} ${path} ${summary}`),
);

let server: FakeServer;
let place: HTMLElement;

// One operation: the renderer takes a second or more for all of them.
const SENDING = { ...DESCRIPTION, paths: { "/v1/events": DESCRIPTION.paths["/v1/events"] } };

beforeEach(() => {
  vi.stubGlobal("scrollTo", () => {});
  server = new FakeServer().on("GET /openapi.json", DESCRIPTION).install();
  place = document.createElement("div");
  document.body.replaceChildren(place);
});

/** Method, path and summary of each operation that the page lists. */
function listed(): string[] {
  return [...place.querySelectorAll(".opblock")].map((block) =>
    [".opblock-summary-method", ".opblock-summary-path", ".opblock-summary-description"]
      .map((part) => block.querySelector(part)?.textContent?.replaceAll("\u200b", "") ?? "")
      .join(" "),
  );
}

test("the page lists every operation of the committed description, and no other", async () => {
  await showApi(place);
  await waitFor(() => expect(listed().sort()).toEqual([...OPERATIONS].sort()));
});

test("an operation that is opened tells who may call it, and an example without random characters", async () => {
  server.on("GET /openapi.json", SENDING);
  await showApi(place);
  await userEvent.click(await screen.findByRole("button", { name: /POST.*Send a batch of events/ }));
  const opened = place.querySelector("#operations-ingest-send_events");
  await waitFor(() => expect(opened).toHaveTextContent("Who may call: write key."));
  await waitFor(() => expect(opened).toHaveTextContent('"url": "https://example.com/pricing"'));
});

test("a description that does not come is said, and asked for again", async () => {
  server.on("GET /openapi.json", () => problem(503, "it is being deployed"));
  await showApi(place);
  expect(screen.getByRole("alert")).toHaveTextContent("could not be loaded (503)");

  server.on("GET /openapi.json", SENDING);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(listed()).toHaveLength(1));
});
