import { beforeEach, describe, expect, test, vi } from "vitest";
import { open, visit } from "./page";

const MINUTE = 60_000;
const START = "https://shop.example/start?ref=mail";

/** Lets promises and the events of a navigation come. */
const settled = () => vi.waitFor(() => new Promise((resolve) => setImmediate(resolve)));

async function back(page: ReturnType<typeof visit>): Promise<void> {
  const wentBack = new Promise((resolve) => page.window.addEventListener("popstate", resolve));
  page.window.history.back();
  await wentBack;
}

describe("what is sent", () => {
  test("a page that loads is one pageview, sent to where the script came from", () => {
    const { sent } = visit();
    expect(sent).toHaveLength(1);
    expect(sent[0]?.endpoint).toBe("https://p09.example/api/event");
    expect(sent[0]?.event).toEqual({
      n: "pageview",
      u: START,
      d: "shop.example",
      r: "https://search.example/",
      p: {},
      id: expect.any(String),
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

  test("without data-domain the site is the page's host", () => {
    const page = open();
    page.load("https://p09.example/js/script.js", {});
    expect(page.last().d).toBe("shop.example");
  });

  test("plausible() sends properties, revenue, interactivity and another page's address", async () => {
    const page = visit();
    const result = await new Promise((callback) => {
      page.window.plausible("Purchase", {
        props: { plan: "team" },
        revenue: { amount: 9.99, currency: "EUR" },
        interactive: false,
        u: "https://shop.example/paid",
        callback,
      });
    });
    expect(result).toEqual({ status: 202 });
    expect(page.last()).toMatchObject({
      n: "Purchase",
      p: { plan: "team" },
      $: { amount: 9.99, currency: "EUR" },
      i: false,
      u: "https://shop.example/paid",
    });
  });

  test("attributes event-… are properties of every event, below those of the event itself", () => {
    const page = visit({ attributes: { "event-author": "ada", "event-plan": "free" } });
    page.window.plausible("Signup", { props: { plan: "team" } });
    expect(page.of("pageview")[0]?.p).toEqual({ author: "ada", plan: "free" });
    expect(page.last().p).toEqual({ author: "ada", plan: "team" });
  });

  test("calls from before the script was there are sent when it is", () => {
    const stub = "window.plausible = function () { (plausible.q = plausible.q || []).push(arguments) };";
    const page = visit({ before: `${stub} plausible("Early", { props: { at: 1 } });` });
    expect(page.names()).toEqual(["pageview", "Early"]);
    expect(page.last().p).toEqual({ at: 1 });
  });

  test("two tags on a page count once", () => {
    const page = visit();
    page.load("https://p09.example/js/script.outbound-links.js");
    page.window.history.pushState(null, "", "/cart");
    expect(page.of("pageview")).toHaveLength(2);
  });
});

describe("pages", () => {
  test("push and replace to another path are pageviews, a change of the query or the fragment is none", () => {
    const page = visit();
    page.window.history.pushState(null, "", "/cart");
    page.window.history.pushState(null, "", "/cart?step=2");
    page.window.history.pushState(null, "", "/cart#total");
    page.window.history.replaceState(null, "", "/paid");
    expect(page.of("pageview").map(({ u }) => u)).toEqual([
      START,
      "https://shop.example/cart",
      "https://shop.example/paid",
    ]);
  });

  test("going back is a pageview", async () => {
    const page = visit();
    page.window.history.pushState(null, "", "/cart");
    await back(page);
    expect(page.last()).toMatchObject({ n: "pageview", u: START });
  });

  test.each([
    ["its name", "https://p09.example/js/script.hash.js", {}],
    ["an attribute", undefined, { "data-hash": "" }],
  ])(
    "in hash mode, asked for by %s, fragments are pages, however the app goes there",
    async (_, src, attributes) => {
      const page = visit({ src, attributes, url: "https://shop.example/#/a" });
      page.window.location.hash = "#/b";
      await vi.waitFor(() => expect(page.of("pageview")).toHaveLength(2));
      page.window.history.pushState(null, "", "#/c");
      await settled();
      expect(page.of("pageview").map(({ u, h }) => [u, h])).toEqual([
        ["https://shop.example/#/a", 1],
        ["https://shop.example/#/b", 1],
        ["https://shop.example/#/c", 1],
      ]);
    },
  );

  test("a page that comes back from the back/forward cache is a pageview", () => {
    const page = visit();
    page.window.dispatchEvent(Object.assign(new page.window.Event("pageshow"), { persisted: false }));
    expect(page.of("pageview")).toHaveLength(1);
    page.window.dispatchEvent(Object.assign(new page.window.Event("pageshow"), { persisted: true }));
    expect(page.of("pageview")).toHaveLength(2);
  });

  test("a page in a hidden tab, or prerendered, counts once somebody sees it", () => {
    const page = open({
      before: "Object.defineProperty(document, 'hidden', { value: true, writable: true })",
    });
    page.load();
    expect(page.sent).toEqual([]);
    page.window.document.hidden = false;
    for (let seen = 0; seen < 2; seen++) {
      page.window.document.dispatchEvent(new page.window.Event("visibilitychange", { bubbles: true }));
    }
    expect(page.of("pageview")).toHaveLength(1);
  });

  test.each([
    ["its name", "https://p09.example/js/script.manual.js", {}],
    ["an attribute", undefined, { "data-manual": "" }],
    ["the option's name", undefined, { "data-auto-capture-pageviews": "false" }],
  ])("in manual mode, asked for by %s, only the page counts its views", (_, src, attributes) => {
    const page = visit({ src, attributes });
    page.window.history.pushState(null, "", "/cart");
    expect(page.sent).toEqual([]);
    page.window.plausible("pageview", { u: "https://shop.example/virtual" });
    expect(page.last()).toMatchObject({ n: "pageview", u: "https://shop.example/virtual" });
  });

  test("a page that the server answered with 404 sends that as an event, once, where it is asked for", () => {
    const answered = (status: number) =>
      `performance.getEntriesByType = () => [{ responseStatus: ${status} }]`;
    const page = visit({ before: answered(404), attributes: { "data-404": "" } });
    page.window.history.pushState(null, "", "/home");
    expect(page.names().filter((name) => name !== "engagement")).toEqual(["pageview", "404", "pageview"]);
    expect(page.of("404")[0]?.p).toEqual({ path: "/start" });
    expect(visit({ before: answered(200), attributes: { "data-404": "" } }).names()).toEqual(["pageview"]);
    expect(visit({ before: answered(404) }).names()).toEqual(["pageview"]);
  });
});

describe("engagement", () => {
  /** A page whose clock the test moves. */
  function watched(options = {}) {
    const page = visit({ ...options, before: "window.now = 1e12; Date.now = () => now; window.scrollY = 0" });
    const tell = (kind: string) => page.window.dispatchEvent(new page.window.Event(kind));
    return {
      ...page,
      passes: (milliseconds: number) => {
        page.window.now += milliseconds;
      },
      scrollsTo: (y: number) => {
        page.window.scrollY = y;
        tell("scroll");
      },
      blurs: () => {
        page.window.document.hasFocus = () => false;
        tell("blur");
      },
      focuses: () => {
        page.window.document.hasFocus = () => true;
        tell("focus");
      },
    };
  }

  test("leaving a page tells the time that it was looked at and how far it was scrolled", () => {
    const page = watched();
    page.passes(2 * MINUTE);
    page.scrollsTo(1000);
    page.scrollsTo(100);
    page.blurs();
    expect(page.of("engagement")).toEqual([
      expect.objectContaining({ u: START, d: "shop.example", e: 2 * MINUTE, sd: 75, p: {} }),
    ]);
  });

  test("time in the background is not engaged time", () => {
    const page = watched();
    page.passes(10_000);
    page.blurs();
    page.passes(MINUTE);
    page.focuses();
    page.passes(5_000);
    page.blurs();
    expect(page.of("engagement").map(({ e }) => e)).toEqual([10_000, 5_000]);
  });

  test("less than three seconds and no deeper than before waits for the next time", () => {
    const page = watched();
    page.passes(10_000);
    page.blurs();
    page.focuses();
    page.passes(2_000);
    page.blurs();
    expect(page.of("engagement")).toHaveLength(1);
    page.focuses();
    page.passes(1_500);
    page.blurs();
    expect(page.of("engagement").map(({ e }) => e)).toEqual([10_000, 3_500]);
  });

  test("an app's navigation tells of the page before, with that page's address, and begins again", () => {
    const page = watched();
    page.passes(7_000);
    page.scrollsTo(1500);
    page.scrollsTo(0);
    page.window.history.pushState(null, "", "/cart");
    page.passes(4_000);
    page.blurs();
    expect(page.names()).toEqual(["pageview", "engagement", "pageview", "engagement"]);
    expect(page.of("engagement").map(({ u, e, sd }) => [u, e, sd])).toEqual([
      [START, 7_000, 100],
      ["https://shop.example/cart", 4_000, 25],
    ]);
  });

  test("a page that isn't counted tells of no engagement", () => {
    const page = watched({ attributes: { "data-exclude": "/start" } });
    page.passes(MINUTE);
    page.blurs();
    expect(page.sent).toEqual([]);
  });

  test("a page shorter than the window is scrolled to its end", () => {
    const page = watched();
    page.window.document.scrollingElement.scrollHeight = 300;
    page.blurs();
    expect(page.last()).toMatchObject({ n: "engagement", sd: 100 });
  });
});

describe("links and forms", () => {
  const BODY = `
    <a id="out" href="https://other.example/page?x=1"><b id="inside">other</b></a>
    <a id="own" href="/cart">cart</a>
    <a id="mail" href="mailto:a@shop.example">mail</a>
    <a id="pdf" href="/files/Prices.pdf?v=2">prices</a>
    <a id="js" href="/files/code.js">code</a>
    <form id="form"><input name="mail" required value="x"></form>
    <form id="empty"><input name="mail" required></form>
    <form id="unchecked" novalidate><input name="mail" required></form>`;
  const submit = (page: ReturnType<typeof visit>, id: string) =>
    page.window.document
      .getElementById(id)
      .dispatchEvent(new page.window.Event("submit", { bubbles: true, cancelable: true }));

  test("without options, links and forms tell nothing", () => {
    const page = visit({ body: BODY });
    for (const id of ["#out", "#pdf"]) page.click(id);
    submit(page, "form");
    expect(page.names()).toEqual(["pageview"]);
  });

  test.each([
    "script.outbound-links.file-downloads.js",
    "script.file-downloads.outbound-links.js",
    "plausible.outbound-links.file-downloads.js",
  ])("%s tells of links to other hosts and of downloads, its options in any order", (name) => {
    const page = visit({ body: BODY, src: `https://p09.example/js/${name}` });
    for (const id of ["#inside", "#own", "#mail", "#pdf", "#js"]) page.click(id);
    expect(page.sent.slice(1).map(({ event }) => [event.n, event.p])).toEqual([
      ["Outbound Link: Click", { url: "https://other.example/page?x=1" }],
      ["File Download", { url: "https://shop.example/files/Prices.pdf" }],
    ]);
  });

  test("a middle click counts, a right click doesn't", () => {
    const page = visit({ body: BODY, attributes: { "data-outbound-links": "" } });
    const link = page.window.document.getElementById("out");
    for (const button of [1, 2]) {
      link.dispatchEvent(new page.window.MouseEvent("auxclick", { bubbles: true, button }));
    }
    expect(page.of("Outbound Link: Click")).toHaveLength(1);
  });

  test("the site chooses which files are downloads", () => {
    const page = visit({ body: BODY, attributes: { "data-file-downloads": "js,svg" } });
    for (const id of ["#pdf", "#js"]) page.click(id);
    expect(page.of("File Download").map(({ p }) => p)).toEqual([
      { url: "https://shop.example/files/code.js" },
    ]);
  });

  test("a form counts when it is sent and valid, or needs not be", () => {
    const page = visit({ body: BODY, attributes: { "data-form-submissions": "" } });
    for (const id of ["form", "empty", "unchecked"]) submit(page, id);
    expect(page.of("Form: Submission")).toHaveLength(2);
  });
});

describe("tagged elements", () => {
  const TAGS = "plausible-event-name=Sign+up plausible-event-plan--team plausible-revenue-amount=9.99";

  test.each([
    ["classes", `<button class="x ${TAGS} plausible-revenue-currency=EUR">Buy</button>`],
    [
      "classes around it",
      `<div class="${TAGS} plausible-revenue-currency=EUR"><p><button>Buy</button></p></div>`,
    ],
    [
      "attributes",
      `<button data-event-name="Sign up" data-event-plan="team" data-revenue-amount="9.99" data-revenue-currency="EUR">Buy</button>`,
    ],
  ])("a click tells name, properties and revenue in %s", (_, body) => {
    const page = visit({ body });
    page.click("button");
    expect(page.last()).toMatchObject({
      n: "Sign up",
      p: { plan: "team" },
      $: { amount: "9.99", currency: "EUR" },
    });
  });

  test("a tagged link tells its address, and is no outbound link besides", () => {
    const page = visit({
      body: '<a class="plausible-event-name=Partner" href="https://other.example/">x</a>',
      attributes: { "data-outbound-links": "" },
    });
    page.click("a");
    expect(page.names()).toEqual(["pageview", "Partner"]);
    expect(page.last().p).toEqual({ url: "https://other.example/" });
  });

  test("a tagged form tells when it is sent, not when somebody clicks in it", () => {
    const page = visit({
      body: '<form class="plausible-event-name=Contact"><input><button type="button">?</button></form>',
      attributes: { "data-form-submissions": "" },
    });
    page.click("button");
    expect(page.names()).toEqual(["pageview"]);
    const form = page.window.document.querySelector("form");
    form.dispatchEvent(new page.window.Event("submit", { bubbles: true, cancelable: true }));
    expect(page.names()).toEqual(["pageview", "Contact"]);
  });
});

describe("what doesn't count", () => {
  test.each([
    "http://localhost:3000/",
    "http://127.0.0.1/",
    "http://[::1]:8000/",
    "file:///srv/site/index.html",
  ])("%s counts only where the tag asks for it, and the browser's console says so", (url) => {
    const page = visit({ url });
    expect(page.sent).toEqual([]);
    expect(page.told).toEqual(["pageview ignored: captureOnLocalhost"]);
    expect(visit({ url, attributes: { "data-capture-on-localhost": "" } }).sent).toHaveLength(1);
    expect(visit({ url, src: "https://p09.example/js/script.local.js" }).sent).toHaveLength(1);
  });

  test.each(["https://localhost.example/", "https://shop.example/?to=http://localhost/"])(
    "%s is no development machine",
    (url) => {
      expect(visit({ url }).sent).toHaveLength(1);
    },
  );

  test("a browser that a program drives isn't counted", () => {
    expect(visit({ before: "navigator.webdriver = true" }).sent).toEqual([]);
  });

  test.each([
    ["data-do-not-track", "doNotTrack", '"1"', '"unspecified"'],
    ["data-global-privacy-control", "globalPrivacyControl", "true", "false"],
  ])("%s heeds the browser's signal", (attribute, signal, set, unset) => {
    const says = (value: string) => `Object.defineProperty(navigator, "${signal}", { value: ${value} })`;
    expect(visit({ before: says(set), attributes: { [attribute]: "" } }).sent).toEqual([]);
    expect(visit({ before: says(unset), attributes: { [attribute]: "" } }).sent).toHaveLength(1);
    expect(visit({ before: says(set) }).sent).toHaveLength(1);
  });

  test.each([
    ["/blog/*", "/blog/one", true],
    ["/blog/*", "/blog/one/two", false],
    ["/blog/**", "/blog/one/two", true],
    ["*/edit", "/one/edit", false],
    ["/a.b", "/axb", false],
    ["/x, /start", "/start/", true],
  ])("pages like %s: %s %s", (patterns, path, matches) => {
    const url = `https://shop.example${path}`;
    expect(visit({ url, attributes: { "data-exclude": patterns } }).sent).toHaveLength(matches ? 0 : 1);
    expect(visit({ url, attributes: { "data-include": patterns } }).sent).toHaveLength(matches ? 1 : 0);
  });

  test("attributes that a template left empty say nothing", () => {
    const page = visit({
      attributes: { "data-domain": "", "data-api": "", "data-include": "", "data-exclude": "" },
    });
    expect(page.sent[0]?.endpoint).toBe("https://p09.example/api/event");
    expect(page.last().d).toBe("shop.example");
  });

  test("an excluded page's own events count", () => {
    const page = visit({ attributes: { "data-exclude": "/start" } });
    page.window.plausible("Signup");
    expect(page.names()).toEqual(["Signup"]);
  });

  test("a visit with #p09-ignore opts this browser out, one with #p09-count opts it in, and both say so", () => {
    const page = visit({ url: "https://shop.example/start#p09-ignore" });
    expect(page.sent).toEqual([]);
    expect(page.told[0]).toBe("Your visits don't count.");
    expect(page.window.location.hash).toBe("");
    const calls: unknown[] = [];
    page.window.plausible("Signup", { callback: (result: unknown) => calls.push(result) });
    expect(page.sent).toEqual([]);
    expect(calls).toEqual([undefined]);
    const again = visit({
      url: "https://shop.example/start#p09-count",
      before: "localStorage.plausible_ignore = true",
    });
    expect(again.told).toEqual(["Your visits count."]);
    expect(again.sent).toHaveLength(1);
  });
});

describe("init()", () => {
  const STUB = `
    window.plausible = window.plausible || function () { (plausible.q = plausible.q || []).push(arguments) };
    plausible.init = plausible.init || function (options) { plausible.o = options || {} };`;
  const PA = "https://p09.example/js/pa-Xy12.js";

  test("pa-….js waits for init(), called before it was there or afterwards", () => {
    const before = open({ before: `${STUB} plausible.init(); plausible("Early")` });
    before.load(PA);
    expect(before.names()).toEqual(["pageview", "Early"]);
    const after = open();
    after.load(PA);
    expect(after.sent).toEqual([]);
    after.window.eval(`${STUB} plausible.init({ domain: "other.example" })`);
    expect(after.names()).toEqual(["pageview"]);
    expect(after.last().d).toBe("other.example");
  });

  test("init() of script.js takes the page's options: no pageview where the page doesn't want one", () => {
    const page = visit({ before: `${STUB} plausible.init({ autoCapturePageviews: false })` });
    expect(page.sent).toEqual([]);
  });

  test("custom properties may be a function of the event's name", () => {
    const page = open({
      before: `${STUB} plausible.init({ customProperties: (name) => ({ about: name, title: "x" }) })`,
    });
    page.load(PA);
    page.window.plausible("Signup", { props: { title: "own" } });
    expect(page.of("pageview")[0]?.p).toEqual({ about: "pageview", title: "x" });
    expect(page.last().p).toEqual({ about: "Signup", title: "own" });
  });

  test("transformRequest changes what is sent, or leaves it out", () => {
    const page = open({
      before: `${STUB} plausible.init({ transformRequest: (it) => it.n === "Secret" ? null : { ...it, u: "https://shop.example/clean" } })`,
    });
    page.load(PA);
    page.window.plausible("Secret");
    expect(page.names()).toEqual(["pageview"]);
    expect(page.last().u).toBe("https://shop.example/clean");
    expect(page.told).toEqual(["Secret ignored: transformRequest"]);
  });

  test("pa-….js tells of links, files and forms unless init() says otherwise", () => {
    const body = '<a id="out" href="https://other.example/">x</a><a id="file" href="/a.zip">y</a>';
    const page = open({ body, before: `${STUB} plausible.init({ outboundLinks: false, logging: false })` });
    page.load(PA);
    for (const id of ["#out", "#file"]) page.click(id);
    expect(page.names()).toEqual(["pageview", "File Download"]);
  });
});

describe("without network", () => {
  let answer: () => Promise<{ status: number }>;
  beforeEach(() => {
    answer = () => Promise.resolve({ status: 202 });
  });

  test.each([
    ["the network is away", () => Promise.reject(new Error("offline"))],
    ["the server isn't well", () => Promise.resolve({ status: 503 })],
    ["there were too many requests", () => Promise.resolve({ status: 429 })],
  ])(
    "an event waits while %s, and is sent again, with its id, when the browser is online",
    async (_, failing) => {
      answer = failing;
      const page = visit({ answer: () => answer() });
      await settled();
      answer = () => Promise.resolve({ status: 202 });
      page.window.dispatchEvent(new page.window.Event("online"));
      await settled();
      page.window.dispatchEvent(new page.window.Event("online"));
      expect(page.names()).toEqual(["pageview", "pageview"]);
      expect(new Set(page.sent.map(({ event }) => event.id)).size).toBe(1);
    },
  );

  test("what waits is sent after the next event that arrives", async () => {
    answer = () => Promise.reject(new Error("offline"));
    const page = visit({ answer: () => answer() });
    await settled();
    answer = () => Promise.resolve({ status: 202 });
    page.window.plausible("Signup");
    await settled();
    expect(page.names()).toEqual(["pageview", "Signup", "pageview"]);
  });

  test("what the server refuses isn't sent again", async () => {
    const page = visit({ answer: () => Promise.resolve({ status: 400 }) });
    await settled();
    page.window.dispatchEvent(new page.window.Event("online"));
    expect(page.sent).toHaveLength(1);
  });

  test("the callback learns of the network's error", async () => {
    answer = () => Promise.reject(new Error("offline"));
    const page = visit({ answer: () => answer() });
    const result = await new Promise<{ error: Error }>((callback) => {
      page.window.plausible("Signup", { callback });
    });
    expect(result.error.message).toBe("offline");
  });

  test("no two events have the same id", () => {
    const page = visit();
    for (let number = 0; number < 50; number++) page.window.plausible("Signup");
    expect(new Set(page.sent.map(({ event }) => event.id)).size).toBe(51);
  });
});
