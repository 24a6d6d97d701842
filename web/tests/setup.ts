import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Two cores may be shared with much else; a condition is waited for, and fails the test only when it never comes true.
configure({ asyncUtilTimeout: 8_000 });

// A warning is a fault of the code or of the test.
for (const level of ["warn", "error"] as const) {
  console[level] = (...message: unknown[]) => {
    throw new Error(`console.${level}: ${message.map(String).join(" ")}`);
  };
}

// What a browser has and jsdom does not: no media query matches, no font is loaded, everything is 800 × 300.
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    matches: false,
    media,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
  });

window.ResizeObserver = class implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(target: Element): void {
    const size = { width: 800, height: 300, x: 0, y: 0, top: 0, left: 0, right: 800, bottom: 300 };
    const entry = { target, contentRect: { ...size, toJSON: () => size } } as ResizeObserverEntry;
    this.#callback([entry], this);
  }

  unobserve(): void {}
  disconnect(): void {}
};

Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });
window.HTMLElement.prototype.scrollIntoView = () => {};
window.HTMLCanvasElement.prototype.getContext = () => null;

afterEach(() => {
  cleanup();
  document.body.replaceChildren(); // what a test drew without React is gone as well
  vi.unstubAllGlobals();
  sessionStorage.clear();
  localStorage.clear();
  window.history.replaceState(null, "", "/");
});
