import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { JSDOM } from "jsdom";
import { expect, test } from "vitest";

const SOURCE = readFileSync(resolve(import.meta.dirname, "../../../public/js/script.js"), "utf8");

interface Sent {
  endpoint: string;
  init: RequestInit;
  event: Record<string, unknown>;
}

interface Page {
  // biome-ignore lint/suspicious/noExplicitAny: a page's own globals
  window: any;
  sent: Sent[];
}

/** A page that loaded the tracker, and what that sent. */
function visit(options: { url?: string; attributes?: Record<string, string>; before?: string } = {}): Page {
  const { window } = new JSDOM("", {
    url: options.url ?? "https://shop.example/start?ref=mail",
    referrer: "https://search.example/",
    runScripts: "outside-only",
  });
  const sent: Sent[] = [];
  const script = window.document.createElement("script");
  script.src = "https://p09.example/js/script.js";
  const attributes = { "data-domain": "shop.example", ...options.attributes };
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  Object.defineProperty(window.document, "currentScript", { value: script });
  Object.assign(window, {
    fetch: (endpoint: string, init: RequestInit) => {
      sent.push({ endpoint, init, event: JSON.parse(String(init.body)) });
      return Promise.resolve({ status: 202 });
    },
  });
  window.eval(options.before ?? "");
  window.eval(SOURCE);
  return { window, sent };
}

test("the tracker is smaller than 2 KiB", () => {
  expect(Buffer.byteLength(SOURCE)).toBeLessThan(2048);
});

test("a page that loads is one pageview, sent to where the script came from", () => {
  const { sent } = visit();
  expect(sent).toHaveLength(1);
  expect(sent[0]?.endpoint).toBe("https://p09.example/api/event");
  expect(sent[0]?.event).toEqual({
    name: "pageview",
    url: "https://shop.example/start?ref=mail",
    domain: "shop.example",
    referrer: "https://search.example/",
  });
});

test("an event is plain text that outlives the page, so that no preflight is needed", () => {
  const { sent } = visit();
  expect(sent[0]?.init).toMatchObject({
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "text/plain" },
  });
});

test("data-api names another place to send to", () => {
  const { sent } = visit({ attributes: { "data-api": "https://shop.example/collect" } });
  expect(sent[0]?.endpoint).toBe("https://shop.example/collect");
});

test("a single-page app's navigation is a pageview, a change of the query alone is none", () => {
  const { window, sent } = visit();
  window.history.pushState(null, "", "/cart");
  window.history.pushState(null, "", "/cart?step=2");
  expect(sent.map(({ event }) => event.url)).toEqual([
    "https://shop.example/start?ref=mail",
    "https://shop.example/cart",
  ]);
});

test("going back is a pageview", async () => {
  const { window, sent } = visit();
  window.history.pushState(null, "", "/cart");
  const wentBack = new Promise((resolve) => window.addEventListener("popstate", resolve));
  window.history.back();
  await wentBack;
  expect(sent.at(-1)?.event.url).toBe("https://shop.example/start?ref=mail");
});

test("plausible() sends events with properties and calls back with the status", async () => {
  const { window, sent } = visit();
  const status = await new Promise((resolve) => {
    window.plausible("Signup", {
      props: { plan: "team" },
      callback: (answer: { status: number }) => resolve(answer.status),
    });
  });
  expect(status).toBe(202);
  expect(sent.at(-1)?.event).toMatchObject({ name: "Signup", props: { plan: "team" } });
});

test("calls from before the script was there are sent when it is", () => {
  const queue = "window.plausible = function () { (plausible.q = plausible.q || []).push(arguments) };";
  const { sent } = visit({ before: `${queue} plausible("Early", { props: { at: 1 } });` });
  expect(sent.map(({ event }) => event.name)).toEqual(["Early", "pageview"]);
});

test("who set plausible_ignore is not counted, and still called back", () => {
  const { window, sent } = visit({ before: 'localStorage.plausible_ignore = "true"' });
  let calls = 0;
  window.plausible("Signup", { callback: () => calls++ });
  expect(sent).toEqual([]);
  expect(calls).toBe(1);
});

test("a file on the own disk is not counted, localhost is", () => {
  expect(visit({ url: "http://localhost:3000/" }).sent).toHaveLength(1);
  expect(visit({ url: "file:///home/ada/index.html" }).sent).toHaveLength(0);
});

test("a prerendered page counts once it is shown", () => {
  const { window, sent } = visit({ before: "document.prerendering = true" });
  expect(sent).toEqual([]);
  window.document.dispatchEvent(new window.Event("prerenderingchange"));
  expect(sent).toHaveLength(1);
});

test("an event that could not be sent is told to the callback", async () => {
  const { window } = visit();
  window.fetch = () => Promise.reject(new Error("offline"));
  const answer = await new Promise<{ error: Error }>((resolve) => {
    window.plausible("Signup", { callback: resolve });
  });
  expect(answer.error.message).toBe("offline");
});
