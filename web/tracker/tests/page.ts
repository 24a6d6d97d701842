import { JSDOM, VirtualConsole } from "jsdom";
import { inject } from "vitest";

interface Sent {
  endpoint: string;
  init: RequestInit;
  event: Record<string, unknown>;
}

export interface Page {
  // biome-ignore lint/suspicious/noExplicitAny: a page's own globals
  window: any;
  sent: Sent[];
  /** Names of what was sent, in order. */
  names(): unknown[];
  /** What was sent last. */
  last(): Record<string, unknown>;
  /** What was sent under this name. */
  of(name: string): Record<string, unknown>[];
  /** What the browser's console and alert() told. */
  told: string[];
  /** Loads a script tag. */
  load(src?: string, attributes?: Record<string, string>): void;
  /** Clicks on an element of the page; nothing is navigated to. */
  click(selector: string, event?: Record<string, unknown>): void;
}

interface Opened {
  url?: string;
  src?: string | undefined;
  attributes?: Record<string, string>;
  /** JavaScript of the page, run before the tag. */
  before?: string;
  body?: string;
  answer?: () => Promise<{ status: number }>;
}

/** A page in a visible, focused tab, before any script. */
export function open(options: Opened = {}): Page {
  const told: string[] = [];
  const virtualConsole = new VirtualConsole();
  virtualConsole.on("warn", (message) => told.push(message));
  virtualConsole.on("jsdomError", (error) => {
    if (!/navigation/i.test(error.message)) throw error;
  });
  const { window } = new JSDOM(options.body ?? "", {
    url: options.url ?? "https://shop.example/start?ref=mail",
    referrer: "https://search.example/",
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole,
  });
  const sent: Sent[] = [];
  Object.defineProperty(window.document, "scrollingElement", { value: { scrollHeight: 2000 } });
  Object.assign(window, {
    innerHeight: 500,
    alert: (message: string) => told.push(message),
    fetch: (endpoint: string, init: RequestInit) => {
      sent.push({ endpoint, init, event: JSON.parse(String(init.body)) });
      return options.answer?.() ?? Promise.resolve({ status: 202 });
    },
  });
  window.document.hasFocus = () => true;
  window.eval(options.before ?? "");
  return {
    window,
    sent,
    told,
    names: () => sent.map(({ event }) => event.n),
    last: () => sent.at(-1)?.event ?? {},
    of: (name) => sent.map(({ event }) => event).filter(({ n }) => n === name),
    load(src = "https://p09.example/js/script.js", attributes = { "data-domain": "shop.example" }) {
      const script = window.document.createElement("script");
      script.src = src;
      for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
      Object.defineProperty(window.document, "currentScript", { value: script, configurable: true });
      window.eval(inject("trackerScript"));
    },
    click(selector, event = {}) {
      const element = window.document.querySelector(selector);
      const click = new window.MouseEvent("click", { bubbles: true, cancelable: true });
      Object.assign(click, event);
      window.document.addEventListener("click", (one: Event) => one.preventDefault(), { once: true });
      element?.dispatchEvent(click);
    },
  };
}

/** A page that loaded the tracker. */
export function visit(options: Opened = {}): Page {
  const page = open(options);
  page.load(options.src, { "data-domain": "shop.example", ...options.attributes });
  return page;
}
