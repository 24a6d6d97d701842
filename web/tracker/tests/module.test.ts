import { expect, inject, test } from "vitest";
import { open } from "./page";

/** A page whose application has bundled the module. */
function application() {
  const page = open({ url: "https://shop.example/app" });
  const exported = /export\s*\{\s*(\S+) as init,\s*(\S+) as track\s*\}/;
  page.window.eval(inject("trackerModule").replace(exported, "window.p09 = { init: $1, track: $2 }"));
  return page;
}

const OPTIONS = { domain: "shop.example", endpoint: "https://p09.example/api/event" };

test("an application begins by init() and sends its own events by track()", () => {
  const page = application();
  expect(page.sent).toEqual([]);
  page.window.p09.init(OPTIONS);
  page.window.p09.track("Signup", { props: { plan: "team" } });
  expect(page.names()).toEqual(["pageview", "Signup"]);
  expect(page.sent[0]?.endpoint).toBe(OPTIONS.endpoint);
  expect(page.last()).toMatchObject({ d: "shop.example", p: { plan: "team" } });
});

test("a second init(), or track() before it, is a mistake that is told", () => {
  const page = application();
  expect(() => page.window.p09.track("Signup")).toThrow("call init() before track()");
  page.window.p09.init(OPTIONS);
  expect(() => page.window.p09.init(OPTIONS)).toThrow("init() was called before");
});

test("window.plausible sends as well, and a script tag on the same page counts nothing twice", () => {
  const page = application();
  page.window.p09.init(OPTIONS);
  page.load();
  page.window.plausible("Signup");
  expect(page.names()).toEqual(["pageview", "Signup"]);
});
