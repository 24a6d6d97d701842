import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ComponentType, Suspense } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Boundary } from "../../../src/components/Boundary";
import { PageFailure } from "../../../src/components/Failure";
import { lazily, NotLoaded } from "../../../src/components/lazily";
import { FakeServer } from "../../support/fake-server";
import { renderSignedIn } from "../../support/render";

let caught: unknown[];
let reloads: number;
let isThere: boolean;
let entry: HTMLScriptElement;

beforeEach(() => {
  caught = [];
  reloads = 0;
  isThere = false;
  vi.stubGlobal("location", { ...window.location, reload: () => (reloads += 1) });
  entry = document.head.appendChild(document.createElement("script"));
  entry.type = "module";
  isOfBuild("1");
});

afterEach(() => entry.remove());

function isOfBuild(hash: string) {
  entry.setAttribute("src", `https://p09.test/assets/index-${hash}.js`);
}

/** Opens a page as a tab does that was loaded just now. */
function open() {
  const Page = lazily(load);
  return renderSignedIn(
    <Boundary fallback={PageFailure}>
      <Suspense fallback={<p>Loading</p>}>
        <Page />
      </Suspense>
    </Boundary>,
    new FakeServer(),
    "/",
    "token",
    (error) => caught.push(error),
  );
}

async function load(): Promise<{ default: ComponentType }> {
  if (!isThere) throw new TypeError("Failed to fetch dynamically imported module");
  return { default: () => <p>The page</p> };
}

test("a page whose code does not come is reloaded once, and then says what happened", async () => {
  const before = open();
  await waitFor(() => expect(reloads).toBe(1));
  expect(screen.getByText("Loading")).toBeInTheDocument();
  before.unmount();

  open();
  await screen.findByRole("heading", { name: "This page could not be shown" });
  expect(screen.getByText(/^Its code could not be loaded/)).toBeInTheDocument();
  expect(reloads).toBe(1);
  expect(caught).toEqual([expect.any(NotLoaded)]);
});

test("a page whose code stays away offers a reload, which is the only other try", async () => {
  open().unmount();
  await waitFor(() => expect(reloads).toBe(1));
  open();
  await userEvent.click(await screen.findByRole("button", { name: "Reload the page" }));
  expect(reloads).toBe(2);
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
});

test("a tab that a reload brought to another build may be reloaded by that one as well", async () => {
  const before = open();
  await waitFor(() => expect(reloads).toBe(1));
  before.unmount();
  isOfBuild("2");
  open();
  await waitFor(() => expect(reloads).toBe(2));
});

test("a browser without a network keeps what it has", async () => {
  vi.stubGlobal("navigator", { ...navigator, onLine: false, userAgent: navigator.userAgent });
  open();
  await screen.findByRole("heading", { name: "This page could not be shown" });
  expect(reloads).toBe(0);
});

test("a page whose code comes is not reloaded", async () => {
  isThere = true;
  open();
  expect(await screen.findByText("The page")).toBeInTheDocument();
  expect(reloads).toBe(0);
});
